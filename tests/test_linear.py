import pytest
import torch
from torch import nn
from torch.nn import functional

from scorer import linear

torch.manual_seed(1)
STATES, WEIGHT, BIAS = torch.randn(90, 384), torch.randn(1536, 384) / 20, torch.randn(1536)


@pytest.fixture(params=["as offered", "plain"])
def product(request, monkeypatch):
    if request.param == "plain":
        monkeypatch.setattr(linear, "_offered", lambda: False)
    return linear.Product(WEIGHT, BIAS)


def test_product_and_its_gelu_equal_torch(product):
    expected = functional.linear(STATES, WEIGHT, BIAS)
    with torch.inference_mode():
        torch.testing.assert_close(product(STATES), expected, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(product.gelu(STATES), functional.gelu(expected), atol=1e-5, rtol=1e-5)
        assert product(STATES.view(9, 10, 384)).shape == (9, 10, 1536)


def test_product_one_thread_or_two_change_no_bit():
    product, n_threads = linear.Product(WEIGHT, BIAS), torch.get_num_threads()
    if not product._packed:
        pytest.skip("torch has no packed products here")
    with torch.inference_mode():
        two = product(STATES)
        torch.set_num_threads(1)
        try:
            assert torch.equal(product(STATES), two)
        finally:
            torch.set_num_threads(n_threads)


def test_offered_operators_that_are_missing_or_wrong_are_not_used(monkeypatch):
    linear._offered.cache_clear()
    monkeypatch.setattr(linear, "_operator", lambda *_: torch.zeros(3, 64))
    assert not linear._offered()
    linear._offered.cache_clear()

    def missing(*_):
        raise NotImplementedError("no such operator")

    monkeypatch.setattr(linear, "_operator", missing)
    assert not linear._offered()
    linear._offered.cache_clear()


def test_pack_replaces_every_linear_module_and_keeps_what_they_say():
    module = nn.Sequential(nn.Linear(384, 384), nn.ModuleDict({"inner": nn.Linear(384, 2)})["inner"])
    expected = module(STATES)
    linear.pack(module)
    assert all(isinstance(child, linear.Product) for child in module)
    with torch.inference_mode():
        torch.testing.assert_close(module(STATES), expected, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(linear.gelu(module[0], STATES), module[0].gelu(STATES))
