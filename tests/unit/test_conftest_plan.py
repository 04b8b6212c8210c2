"""The hand-made plan obeys the contract that real plans obey."""

from lastmile.plans import LAYER_COLUMNS


def test_the_tiny_plan_has_exactly_the_contracts_layers(tiny_plan):
    found = {name: tuple(frame.columns) for name, frame in tiny_plan.layers.items()}
    assert found == dict(LAYER_COLUMNS)
