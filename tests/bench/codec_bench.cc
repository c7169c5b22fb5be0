// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "syncer/replication/replication.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/sync/message.h"

namespace syncer {
namespace {

replication::Push push_of(std::size_t entries) {
  replication::Push push;
  push.epoch = {1, 7};
  push.last = entries;
  push.head = entries;
  for (std::size_t i = 1; i <= entries; ++i) {
    push.entries.push_back(
        {i, replication::Op::Put, "default/default/shop/cart/1.0.0/" + std::to_string(i), Bytes(300, 'p')});
  }
  return push;
}

void EncodePush(benchmark::State& state) {
  const replication::WriterMessage message = push_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(wire::encode_sync(message));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(EncodePush)->Arg(1)->Arg(256);

void DecodePush(benchmark::State& state) {
  const Bytes frame = wire::encode_sync(replication::WriterMessage(push_of(static_cast<std::size_t>(state.range(0)))));
  const Bytes stream = wire::preamble(wire::kSyncProtocol) + frame;
  for (auto _ : state) {
    wire::FrameReader reader(wire::kSyncProtocol);
    ByteView input = stream;
    const auto read = reader.next(input);
    benchmark::DoNotOptimize(wire::decode_sync((*read)->type, (*read)->body));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(DecodePush)->Arg(1)->Arg(256);

membership::Message alive_with_meta(const Bytes& meta) {
  membership::Alive alive;
  alive.node = "syncer-east-1";
  alive.incarnation = 42;
  alive.address = Endpoint::v4(10, 0, 0, 10, 30190);
  alive.meta = meta;
  return alive;
}

void EncodeAliveWith100OctetsOfMetadata(benchmark::State& state) {
  const Bytes meta(100, 'm');
  const membership::Message message = alive_with_meta(meta);
  Bytes out;
  for (auto _ : state) {
    out.clear();
    wire::gossip::encode(message, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(EncodeAliveWith100OctetsOfMetadata);

void DecodeAliveWith100OctetsOfMetadata(benchmark::State& state) {
  const Bytes meta(100, 'm');
  Bytes bytes;
  wire::gossip::encode(alive_with_meta(meta), bytes);
  membership::Message message;
  for (auto _ : state) benchmark::DoNotOptimize(wire::gossip::decode(bytes, message));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(DecodeAliveWith100OctetsOfMetadata);

}  // namespace
}  // namespace syncer
