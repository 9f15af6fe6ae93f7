"""Training reads every text once, in whatever company; what it learns from must be the same as reading each alone."""

import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmarks.training import batches, corpus, evaluate, losses, train
from benchmarks.training.corpus import Group, Rated
from scorer.network import DIM, Network, Side

TEXTS = ("the source", "another source", "a reference", "one reading", "a second one", "the third", "a fourth")


@pytest.fixture(scope="module")
def library() -> batches.Library:
    """Random states of a few texts, of one to seven tokens."""
    random = np.random.default_rng(3)
    lengths = np.arange(1, len(TEXTS) + 1)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    made = batches.Library.__new__(batches.Library)
    made.states = SimpleNamespace(
        starts=starts,
        ids=random.integers(0, 9, starts[-1]),
        states=random.integers(-40, 40, (starts[-1], 2, DIM)).astype(np.int8),
        position=TEXTS.index,
        length=lambda number: int(lengths[number]),
    )
    made.words = torch.from_numpy(random.normal(size=(9, DIM)).astype(np.float16))
    return made


def rated(text: str, points: float) -> Rated:
    return Rated(text, points, points / 2, points / 2)


GROUPS = [
    Group("mqm", "x", "en-de", TEXTS[0], (TEXTS[2],), (rated(TEXTS[3], 1.0), rated(TEXTS[4], 5.0), rated(TEXTS[5], 0))),
    Group("mqm", "x", "en-de", TEXTS[1], (TEXTS[2],), (rated(TEXTS[6], 2.0), rated(TEXTS[3], 0.0))),
]


@pytest.mark.parametrize("mode", ["source", "reference", "both", "none"])
def test_texts_that_are_shared_are_read_as_if_each_row_had_its_own(library, mode):
    torch.manual_seed(0)
    network = Network(1).eval()
    batch = batches.collate(library, GROUPS, None, each=99, mode=mode)
    sources = [g.source if mode in {"source", "both"} else None for g in GROUPS for _ in g.rated]
    references = [g.references[0] if mode in {"reference", "both"} else None for g in GROUPS for _ in g.rated]
    with torch.inference_mode():
        shared = batches.read(network, batch)
        apart = network(batch.sides[0], library.side(sources), library.side(references))
    torch.testing.assert_close(shared.accuracy, apart.accuracy, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(shared.tags, apart.tags, atol=1e-4, rtol=1e-4)
    assert len(batch.sides[1].mask) == (2 if mode in {"source", "both"} else 1)
    assert batch.groups.tolist() == [0, 0, 0, 1, 1]


def test_side_of_taken_rows():
    states = torch.arange(6.0).view(3, 2, 1)
    side = Side(states, states + 10, states + 20, torch.tensor([[True, True], [True, False], [False, False]]))
    taken = side.taken(torch.tensor([2, 0, 0]))
    assert taken.late[:, 0, 0].tolist() == [24.0, 20.0, 20.0]
    assert taken.mask.sum(1).tolist() == [0, 2, 2]


def test_batches_made_ahead_come_in_order_and_end():
    assert list(train.ahead(iter("abcde"))) == list("abcde")
    assert list(train.ahead(iter(()))) == []


def test_what_goes_wrong_in_the_other_thread_is_raised():
    def broken():
        yield 1
        raise ValueError("no such text")

    with pytest.raises(ValueError, match="no such text"):
        list(train.ahead(broken()))


def test_mean_of_runs():
    weights = [{"a": torch.tensor([1.0, 2.0])}, {"a": torch.tensor([3.0, 6.0])}]
    assert evaluate.mean(weights)["a"].tolist() == [2.0, 4.0]


def test_a_post_edit_is_the_better_of_two_where_something_was_changed():
    judged = [
        Group(
            "da", "mlqe_pe/ro-en", "ro-en", "a source", ("an edit",), (Rated("a reading", tags=((0, 1, 1.0, 0.0),)),)
        ),
        Group("da", "mlqe_pe/ro-en", "ro-en", "another", ("as it was",), (Rated("as it was", tags=()),)),
        Group("da", "mlqe_pe/si-en", "si-en", "a third", (), (Rated("nobody edited it"),)),
    ]
    (pair,) = corpus.post_edits(judged)
    assert pair.kind == "edit"
    assert pair.references == ()
    assert [one.hypothesis for one in pair.rated] == ["an edit", "a reading"]


def test_training_drops_whole_columns_of_what_layers_add_and_reading_drops_nothing(library):
    torch.manual_seed(0)
    network = Network(1)
    batch = batches.collate(library, GROUPS, None, each=99, mode="both")
    plain = batches.read(network.eval(), batch)
    train.dropped_out(network)
    assert torch.equal(batches.read(network.eval(), batch).accuracy, plain.accuracy)
    seen = []
    network.hidden.register_forward_hook(lambda _, __, output: seen.append(output))
    assert not torch.equal(batches.read(network.train(), batch).accuracy, plain.accuracy)
    gone = seen[0] == 0
    assert 0 < gone.float().mean() < 0.3
    assert torch.equal(gone.all(1), gone.any(1))


def test_the_teacher_reads_the_references_that_a_batch_of_the_source_leaves_out(library):
    torch.manual_seed(0)
    network = Network(1).eval()
    batch = batches.collate(library, GROUPS, random.Random(1), each=99, mode="source")
    with torch.inference_mode():
        learner, teacher = batches.read(network, batch), batches.read(network, batch, unread=True)
        references = library.side([g.references[0] for g in GROUPS for _ in g.rated])
        beside = network(batch.sides[0], batch.sides[1].taken(batch.rows[0]), references)
    torch.testing.assert_close(teacher.accuracy, beside.accuracy, atol=1e-5, rtol=1e-4)
    assert not torch.allclose(learner.accuracy, teacher.accuracy)
    assert batches.collate(library, GROUPS, random.Random(1), each=99, mode="both").unread is None


def test_half_of_a_target_is_what_the_teacher_says(library):
    torch.manual_seed(0)
    batch = batches.collate(library, GROUPS, random.Random(1), each=99, mode="source")
    with torch.inference_mode():
        output = batches.read(Network(0), batch)
        truth = torch.log1p(batch.targets[:, :3])
        between = replace(batch, targets=torch.expm1((truth + 1) / 2))
        taught = [losses.loss(batch, output, torch.zeros(0, 2), t) for t in (truth, torch.ones(5, 3))]
        plain = [losses.loss(b, output, torch.zeros(0, 2)) for b in (batch, between)]
    assert torch.stack(taught).tolist() == pytest.approx(torch.stack(plain).tolist(), abs=1e-5)
    assert taught[0] != pytest.approx(float(taught[1]), abs=1e-3)
