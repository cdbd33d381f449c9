-- reconciliation: each figure the library printed, beside the same figure from this data.
--
-- Shares are compared at the printed decimals. verdict: equal, different, or not_covered where the
-- data does not reach over the days the figure speaks of, or holds nothing of the kind.
--
-- grain:    one row per printed figure that can be computed
-- params:   $figures  list of the codes of printed figures, or null for all of them
-- columns:  figure_code, subject, first_day, last_day, published_value, relation, computed_value, decimals, verdict
-- engine:   unnest

with

spans as (
    select distinct
        first_day,
        last_day
    from published_figures
),

covered as (
    select
        spans.first_day,
        spans.last_day
    from spans
    cross join library
    where library.first_day <= spans.first_day and library.last_day >= spans.last_day
),

period_classes as (
    select
        covered.last_day,
        coalesce(classes.main_code, 'unknown') as main_code,
        sum(class_days.loan_count) as loan_count
    from covered
    inner join class_days on class_days.day between covered.first_day and covered.last_day
    left join classes using (class_code)
    group by covered.last_day, coalesce(classes.main_code, 'unknown')
),

period_readers as (
    select
        covered.last_day,
        reader_days.reader_id,
        sum(reader_days.loan_count) as loan_count
    from covered
    inner join reader_days on reader_days.day between covered.first_day and covered.last_day
    group by covered.last_day, reader_days.reader_id
),

ranked_readers as (
    select
        last_day,
        loan_count,
        row_number() over (partition by last_day order by loan_count desc) as place
    from period_readers
    qualify place <= 10
),

period_cards as (
    select
        covered.last_day,
        sum(card_days.issued_count) as issued_count,
        sum(card_days.cancelled_count) as cancelled_count
    from covered
    inner join card_days on card_days.day between covered.first_day and covered.last_day
    group by covered.last_day
),

year_end_holdings as (
    select
        covered.last_day,
        sum(holdings.item_count) filter (where holdings.material = 'book') as books,
        sum(holdings.children_count) filter (where holdings.material = 'book') as children_books,
        sum(holdings.item_count) filter (where holdings.material = 'braille') as braille,
        sum(holdings.item_count) filter (where holdings.material = 'audiovisual') as audiovisual,
        sum(holdings.item_count) filter (where holdings.material = 'periodical') as periodicals
    from covered
    inner join holdings on covered.last_day = holdings.month_end
    group by covered.last_day
),

storage as (
    select
        covered.last_day,
        sum(measure_days.amount) as digital_tb
    from covered
    inner join measure_days
        on
            covered.last_day >= measure_days.day
            and measure_days.measure_code = 'digital_storage'
    group by covered.last_day
),

buildings as (
    select
        covered.last_day,
        count(branches.branch_code) as network_libraries,
        sum(branches.floor_area_m2) filter (where branches.is_main) as floor_area_m2,
        sum(branches.seat_count) filter (where branches.is_main) as seats
    from covered
    cross join branches
    group by covered.last_day
),

computed as (
    select
        last_day,
        'loan_count' as figure_code,
        null as subject,
        sum(loan_count)::double as computed_value
    from period_classes
    group by last_day
    union all
    select
        last_day,
        'class_share' as figure_code,
        main_code as subject,
        loan_count / sum(loan_count) over (partition by last_day)::double as computed_value
    from period_classes
    union all
    select
        last_day,
        'reader_loan_count' as figure_code,
        place::varchar as subject,
        loan_count as computed_value
    from ranked_readers
    union all
    select
        last_day,
        figure_code,
        null as subject,
        computed_value
    from (
        select
            last_day,
            unnest(['issued_count', 'cancelled_count']) as figure_code,
            unnest([issued_count, cancelled_count]) as computed_value
        from period_cards
        union all
        select
            last_day,
            unnest([
                'holdings_books', 'holdings_children_books', 'holdings_braille',
                'holdings_audiovisual_sets', 'holdings_periodicals'
            ]) as figure_code,
            unnest([books, children_books, braille, audiovisual, periodicals])
                as computed_value
        from year_end_holdings
        union all
        select
            last_day,
            unnest(['network_libraries', 'floor_area_m2', 'seats']) as figure_code,
            unnest([network_libraries, floor_area_m2, seats]) as computed_value
        from buildings
    ) as wide
    union all
    select
        last_day,
        'digital_tb' as figure_code,
        null as subject,
        digital_tb as computed_value
    from storage
)

select
    published_figures.figure_code,
    published_figures.subject,
    published_figures.first_day,
    published_figures.last_day,
    published_figures.published_value,
    published_figures.relation,
    computed.computed_value,
    published_figures.decimals,
    case
        when computed.computed_value is null then 'not_covered'
        when
            published_figures.relation = 'over'
            and computed.computed_value > published_figures.published_value then 'equal'
        when
            published_figures.relation = 'at_least'
            and computed.computed_value >= published_figures.published_value then 'equal'
        when
            published_figures.relation = 'equal'
            and round(computed.computed_value, published_figures.decimals)
            = published_figures.published_value then 'equal'
        else 'different'
    end as verdict
from published_figures
left join computed
    on
        published_figures.figure_code = computed.figure_code
        and published_figures.last_day = computed.last_day
        and published_figures.subject is not distinct from computed.subject
where
    $figures::varchar[] is null
    or list_contains($figures::varchar[], published_figures.figure_code)
order by
    published_figures.last_day,
    published_figures.figure_code,
    try_cast(published_figures.subject as integer) nulls last,
    published_figures.subject
