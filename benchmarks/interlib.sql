-- An Interlib log in time order: every item is lent, now and then renewed, and returned, over and
-- over, by readers most of whom come seldom. Deterministic.

copy (

    with

    loans as (
        select
            loan,
            hash(loan * 7) % greatest(getvariable('line_count') // 40, 1) as item,
            loan // greatest(getvariable('line_count') // 40, 1) as turn,
            hash(loan * 13) as chance
        from range((getvariable('line_count') * 4) // 10) as numbers (loan)
    ),

    operations as (
        select
            unnest(
                case
                    when chance % 2 = 0 then ['30001', '30003', '30002'] else ['30001', '30002']
                end
            ) as logtype,
            unnest(case when chance % 2 = 0 then [0, 15, 30] else [0, 20] end) as days,
            *
        from loans
    )

    select
        logtype,
        'JZ' || lpad((item % 11)::varchar, 2, '0') as libcode,
        'op' || lpad((chance % 60)::varchar, 3, '0') as userid,
        '10.1.' || (item % 11)::varchar || '.' || (chance % 200)::varchar as ipaddr,
        null as data1,
        'JZ' || lpad(
            ((chance % 100000) * (chance // 7 % 1000) // 1000)::varchar, 8, '0'
        ) as data2,
        '1401' || lpad(item::varchar, 8, '0') as data3,
        'A' || (item % 9)::varchar || '区' as data4,
        null as data5,
        strftime(
            timestamp '2015-01-05 08:30:00'
            + to_days((turn * 45 + chance // 100 % 10 + days)::integer)
            + to_seconds((chance // 1000 % 34000)::bigint),
            '%Y-%m-%d %H:%M:%S'
        ) as regtime,
        strftime(
            date '2015-01-05' + (turn * 45 + chance // 100 % 10 + days + 30)::integer, '%Y-%m-%d'
        ) as return_time
    from operations
    order by regtime, data3, logtype
) to 'LOG_CIR.csv' (header)
