"""The weights that are shown are those by which the network answers."""

import torch
from joint_of_known_muscles import known_joint
from torch import nn

from myopinn.methods.networks.attention import (
    TransformerSettings,
    attention_weights,
    cycle_transformer,
)
from myopinn.variants import load_variant

FRAMES, WIDTH = 100, 16


def network(layers: int = 2) -> nn.Module:
    torch.manual_seed(0)
    return cycle_transformer(TransformerSettings(WIDTH, layers=layers), 3, 1).double().eval()


def answer_of_layer(layer: nn.TransformerEncoderLayer, hidden, weights):
    """Give what a layer makes of its input if it looks by these weights."""
    attention = layer.self_attn
    _, _, of_values = attention.in_proj_weight.chunk(3)
    bias = attention.in_proj_bias.chunk(3)[2]
    values = layer.norm1(hidden) @ of_values.T + bias
    heads = values.unflatten(2, (attention.num_heads, -1)).transpose(1, 2)
    looked_up = (weights @ heads).transpose(1, 2).flatten(2)
    hidden = hidden + attention.out_proj(looked_up)
    return hidden + layer.linear2(layer.activation(layer.linear1(layer.norm2(hidden))))


def test_weights_sum_to_one_and_differ_between_cycles_layers_and_heads():
    weights = network().attention(3 * torch.randn(4, 3, FRAMES).double())
    assert weights.shape == (4, 2, 2, FRAMES, FRAMES)
    assert bool((weights >= 0).all())
    torch.testing.assert_close(weights.sum(-1), torch.ones_like(weights.sum(-1)))
    for dimension in range(3):
        first, second = weights.unbind(dimension)[:2]
        assert not torch.allclose(first, second, rtol=1e-3)


@torch.inference_mode()
def test_a_network_that_looks_by_these_weights_answers_what_it_answers():
    """Without asking attention anything: values, weighted, then the rest of each layer."""
    model, values = network(), torch.randn(4, 3, FRAMES).double()
    frames = values.transpose(1, 2)
    hidden = model.tokens(frames)
    for layer, weights in zip(model.encoder.layers, model.attention(values).unbind(1), strict=True):
        hidden = answer_of_layer(layer, hidden, weights)
    answer = model.answer(model.encoder.norm(hidden)) + model.direct(frames)
    torch.testing.assert_close(answer.transpose(1, 2), model(values))


def test_a_layer_that_must_copy_an_earlier_frame_looks_at_that_frame():
    """Queries are positions turned back by some frames, and keys are positions."""
    earlier, sharp = 7, 60.0
    model = network(layers=1)
    layer = model.encoder.layers[0]
    half, head = WIDTH // 2, WIDTH // layer.self_attn.num_heads
    # The fastest half of the sines and cosines, which one head sees.
    rates = torch.exp(-torch.log(torch.tensor(1e4)) * torch.arange(half) / half).double()
    turned = torch.zeros(2 * WIDTH, WIDTH).double()
    for k in range(head // 2):
        angle = rates[k] * earlier
        for which in range(layer.self_attn.num_heads):
            query, key = which * head + 2 * k, WIDTH + which * head + 2 * k
            # sin(a - b) and cos(a - b) of the asking frame's place a.
            turned[query, k], turned[query, half + k] = angle.cos(), -angle.sin()
            turned[query + 1, k], turned[query + 1, half + k] = angle.sin(), angle.cos()
            turned[key, k] = turned[key + 1, half + k] = 1.0
    turned[:WIDTH] *= sharp
    with torch.no_grad():
        layer.self_attn.in_proj_weight[: 2 * WIDTH] = turned
        layer.self_attn.in_proj_bias.zero_()
        layer.norm1 = nn.Identity()
    place = model.position(torch.zeros(1, FRAMES, WIDTH).double())[None]
    looked_at = attention_weights(layer, place).argmax(-1)[0, 0]
    frames = torch.arange(earlier, FRAMES)
    assert torch.equal(looked_at[earlier:], frames - earlier)


@torch.inference_mode()
def test_asking_a_model_where_it_looks_changes_nothing_of_what_it_answers():
    known = known_joint()
    torch.manual_seed(0)
    variant = load_variant("nmm")
    model = variant.build(known.problem).eval()
    before, random = model(known.cycles), torch.get_rng_state()
    weights = model.attention(known.cycles)
    assert weights.shape == (len(known.cycles), 1, 2, FRAMES, FRAMES)
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.equal(model(known.cycles), before)
