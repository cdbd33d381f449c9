-- borrowers_by_group: borrowers and their loans by reader type, sex and age band.
--
-- A group of fewer than $floor borrowers is hidden (null), and where it would be the only one of
-- its dimension, the next smallest with it: the total would give it away.
--
-- grain:    one row per dimension (reader_type, sex, age_band) and group with a borrower
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       day whose year ages are taken at
--           $floor       smallest group shown
-- columns:  dimension, group_code, group_name_zh, group_name_en, borrower_count, loan_count, loan_share

with

reader_loans as (
    select
        reader_id,
        sum(loan_count)::bigint as loan_count
    from reader_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by reader_id
),

-- one row per kind of person first: the three groupings then read a handful of rows
kinds as (
    select
        coalesce(readers.reader_type, 'unknown') as reader_type,
        coalesce(readers.sex, 'unknown') as sex,
        readers.birth_year,
        count(*) as borrower_count,
        sum(reader_loans.loan_count)::bigint as loan_count
    from reader_loans
    left join readers using (reader_id)
    group by
        coalesce(readers.reader_type, 'unknown'),
        coalesce(readers.sex, 'unknown'),
        readers.birth_year
),

aged as (
    select
        reader_type,
        sex,
        coalesce(age_band(birth_year, extract(year from $as_of::date)), 'unknown') as age_band,
        borrower_count,
        loan_count
    from kinds
),

grouped as (
    select
        case
            when grouping(reader_type) = 0 then 'reader_type'
            when grouping(sex) = 0 then 'sex'
            else 'age_band'
        end as dimension,
        coalesce(reader_type, sex, age_band) as group_code,
        sum(borrower_count)::bigint as borrower_count,
        sum(loan_count)::bigint as loan_count
    from aged
    group by grouping sets ((reader_type), (sex), (age_band))
),

ranked as (
    select
        dimension,
        group_code,
        borrower_count,
        loan_count,
        loan_count / sum(loan_count) over (partition by dimension)::double as loan_share,
        row_number() over (partition by dimension order by borrower_count, group_code)
            as smallness,
        count(*) filter (where borrower_count < $floor) over (partition by dimension)
            as small_count
    from grouped
),

judged as (
    select
        dimension,
        group_code,
        borrower_count,
        loan_count,
        loan_share,
        borrower_count < $floor or (small_count = 1 and smallness = 2) as is_hidden
    from ranked
),

shown as (
    select
        dimension,
        group_code,
        case when not is_hidden then borrower_count end as borrower_count,
        case when not is_hidden then loan_count end as loan_count,
        case when not is_hidden then loan_share end as loan_share
    from judged
)

select
    shown.dimension,
    shown.group_code,
    coalesce(codes.name_zh, shown.group_code) as group_name_zh,
    coalesce(codes.name_en, shown.group_code) as group_name_en,
    shown.borrower_count,
    shown.loan_count,
    shown.loan_share
from shown
left join codes on shown.group_code = codes.code and shown.dimension = codes.list
order by
    shown.dimension asc,
    shown.group_code = 'unknown' asc,
    -- bands in the order of age: the number they begin with
    case
        when shown.dimension = 'age_band'
            then try_cast(regexp_extract(shown.group_code, '^[0-9]+') as integer)
    end asc nulls first,
    shown.loan_count desc nulls last,
    shown.group_code asc
