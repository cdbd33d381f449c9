-- borrowers_released: borrowers of the year up to its last closed quarter, by type, sex and age band.
--
-- What may leave the desk: always the whole network and whole quarters, whatever anybody chooses, for
-- two choices subtracted would show a single reader. The rows of people by kind go through
-- guanqing/disclosure, which hides what is small and what would give it away, and leaves a quarter
-- that was released once as it was then.
--
-- grain:    one row per closed quarter, dimension (all, reader_type, sex, age_band) and group
-- params:   $as_of       day up to which quarters are closed
-- released: below 5
-- columns:  quarter, dimension, group_code, person_count

with

closed as (
    -- as far as there are records: a quarter is released once, so not before it is whole
    select
        date_trunc(
            'quarter', least($as_of::date, (select max(last_day) from library)) + interval 1 day
        )::date as end_date
),

days as (
    select
        date_trunc('year', end_date - interval 1 day)::date as start_date,
        end_date
    from closed
),

-- a reader is counted from the quarter of the year's first loan on
first_loans as (
    select
        reader_days.reader_id,
        days.start_date,
        min(reader_days.day) as day
    from reader_days
    inner join days on reader_days.day >= days.start_date and reader_days.day < days.end_date
    group by reader_days.reader_id, days.start_date
)

select
    extract(year from first_loans.day)::integer as year,
    extract(quarter from first_loans.day)::integer as quarter,
    coalesce(readers.reader_type, 'unknown') as reader_type,
    coalesce(readers.sex, 'unknown') as sex,
    coalesce(age_band(readers.birth_year, extract(year from first_loans.start_date)), 'unknown')
        as age_band,
    count(*) as person_count
from first_loans
left join readers using (reader_id)
group by
    extract(year from first_loans.day)::integer,
    extract(quarter from first_loans.day)::integer,
    coalesce(readers.reader_type, 'unknown'),
    coalesce(readers.sex, 'unknown'),
    coalesce(age_band(readers.birth_year, extract(year from first_loans.start_date)), 'unknown')
order by year, quarter, reader_type, sex, age_band
