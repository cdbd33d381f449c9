-- reconciliation: each figure the library printed, beside the same figure from this data.
--
-- What is printed is the main library's own: so is what is computed, but for the libraries of the network.
-- Everything is counted from the events, cards and items themselves, never from a roll-up; holdings are the
-- items in stock on the last day, or where items have no dates those of the month-end. Compared at the printed
-- precision: shares at the printed decimals (decimals), "10,110 and more" (and_more) as 10,110 to 10,119, which
-- is -1 decimals. verdict: equal, different, or not_covered where the data does not reach over the days the
-- figure speaks of, or holds nothing of the kind.
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

period_loans as (
    select
        covered.last_day,
        loan_events.reader_id,
        coalesce(classes.main_code, 'unknown') as main_code,
        count(*) as loan_count
    from covered
    inner join loan_events
        on
            covered.first_day <= loan_events.event_at
            and (covered.last_day + interval 1 day) > loan_events.event_at
    inner join main_branches
        on loan_events.branch_code is not distinct from main_branches.branch_code
    left join items on loan_events.item_id = items.item_id
    left join classes on items.class_code = classes.class_code
    where loan_events.event_kind = 'loan'
    group by covered.last_day, loan_events.reader_id, coalesce(classes.main_code, 'unknown')
),

period_classes as (
    select
        last_day,
        main_code,
        sum(loan_count) as loan_count
    from period_loans
    group by last_day, main_code
),

period_readers as (
    select
        last_day,
        reader_id,
        sum(loan_count) as loan_count
    from period_loans
    where reader_id is not null
    group by last_day, reader_id
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
        count(card_events.event_at) filter (where card_events.event_kind = 'issue')
            as issued_count,
        count(card_events.event_at) filter (where card_events.event_kind = 'cancel')
            as cancelled_count
    from covered
    inner join card_events
        on
            covered.first_day <= card_events.event_at
            and (covered.last_day + interval 1 day) > card_events.event_at
    inner join main_branches
        on card_events.branch_code is not distinct from main_branches.branch_code
    where card_events.event_kind in ('issue', 'cancel')
    group by covered.last_day
),

dated_items as (
    select coalesce(bool_or(added_on is not null), false) as has_dates
    from items
),

stock as (
    select
        covered.last_day,
        items.material,
        count(*) as item_count,
        count(*) filter (where items.is_for_children) as children_count
    from covered
    inner join items
        on
            covered.last_day >= items.added_on
            and coalesce(covered.last_day <= items.withdrawn_on, true)
    inner join main_branches on items.branch_code is not distinct from main_branches.branch_code
    group by covered.last_day, items.material
    union all
    select
        covered.last_day,
        holdings.material,
        sum(holdings.item_count) as item_count,
        sum(holdings.children_count) as children_count
    from covered
    inner join holdings on covered.last_day = holdings.month_end
    inner join main_branches
        on holdings.branch_code is not distinct from main_branches.branch_code
    inner join dated_items on not dated_items.has_dates
    group by covered.last_day, holdings.material
),

year_end_holdings as (
    select
        last_day,
        sum(item_count) filter (where material = 'book') as books,
        sum(children_count) filter (where material = 'book') as children_books,
        sum(item_count) filter (where material = 'braille') as braille,
        sum(item_count) filter (where material = 'audiovisual') as audiovisual,
        sum(item_count) filter (where material = 'periodical') as periodicals
    from stock
    group by last_day
),

last_readings as (
    select
        covered.last_day,
        digital_resources.storage_tb
    from covered
    inner join digital_resources on covered.last_day >= digital_resources.counted_on
    where digital_resources.storage_tb is not null
    qualify
        row_number() over (
            partition by covered.last_day, digital_resources.resource_name
            order by digital_resources.counted_on desc
        ) = 1
),

storage as (
    select
        last_day,
        sum(storage_tb) as digital_tb
    from last_readings
    group by last_day
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
            published_figures.relation = 'and_more'
            and computed.computed_value >= published_figures.published_value
            and computed.computed_value
            < published_figures.published_value + power(10, -published_figures.decimals)
            then 'equal'
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
