"""Claims about the best possible answer to an exercise, tried on every answer there is."""

from convlib.teach.exercises import ch09


def fewest_weights(far, coarsest, dearest):
    """By number of layers, the fewest weights of a stack (k, s) with exactly that field."""
    cheapest, best = {(1, 1): 0}, {}
    for count in range(1, 8):
        longer = {}
        for (jump, size), weights in cheapest.items():
            for k in range(1, int(dearest**0.5) + 2):
                for s in range(1, min(k, 2) + 1):
                    state = jump * s, size + (k - 1) * jump
                    total = weights + k * k
                    if state[0] <= coarsest and state[1] <= far:
                        longer[state] = min(total, longer.get(state, total))
        cheapest = longer
        ends = [total for (_, size), total in cheapest.items() if size == far]
        best[count] = min(ends, default=None)
    return best


def test_six_layers_are_the_fewest_within_the_budget():
    best = fewest_weights(ch09.FAR, ch09.COARSEST, dearest=200)
    assert [best[count] for count in (5, 6, 7)] == [107, 88, 79]
    assert best[ch09.FEWEST] <= ch09.BUDGET
    assert all(best[n] is None or best[n] > ch09.BUDGET for n in range(1, ch09.FEWEST))
