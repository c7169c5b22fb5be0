// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/explanation.h"

#include <algorithm>

namespace syncer::node {
namespace {

/// Longest text of one step; a registry's answer may be of any length.
constexpr std::size_t kLongestText = 1024;
constexpr std::size_t kLongestName = 2048;
/// Of one answer.
constexpr std::size_t kMostBytes = 192U << 10U;
constexpr std::size_t kMostSteps = 1100;  ///< one for each region that something is sent to, and some more

std::string cut(const std::string& text, std::size_t most) { return text.substr(0, most); }

void write(ByteWriter& w, const ExplainedInstance& instance) {
  for (const std::string* text : {&instance.service, &instance.instance, &instance.origin, &instance.copy}) {
    w.string(cut(*text, kLongestName));
  }
  const std::size_t steps = std::min(instance.steps.size(), kMostSteps);
  w.varint(steps);
  for (std::size_t i = 0; i < steps; ++i) {
    const Step& step = instance.steps[i];
    w.string(cut(step.step, kLongestName));
    w.string(cut(step.state, kLongestName));
    w.string(cut(step.text, kLongestText));
  }
}

void read(ByteReader& r, std::string& text) { text = r.string(); }

void read(ByteReader& r, ExplainedInstance& instance) {
  for (std::string* text : {&instance.service, &instance.instance, &instance.origin, &instance.copy}) read(r, *text);
  const std::size_t steps = r.count(3);
  if (steps > kMostSteps) r.fail();
  for (std::size_t i = 0; i < steps && r.ok(); ++i) {
    Step& step = instance.steps.emplace_back();
    for (std::string* text : {&step.step, &step.state, &step.text}) read(r, *text);
  }
  conclude(instance);
}

}  // namespace

void conclude(ExplainedInstance& instance) {
  const auto open = [](const Step& step) { return step.state != "done"; };
  const auto failed = [](const Step& step) { return step.state == "failed"; };
  auto first = std::find_if(instance.steps.begin(), instance.steps.end(), failed);
  if (first == instance.steps.end()) first = std::find_if(instance.steps.begin(), instance.steps.end(), open);
  instance.verdict = "all is done";
  if (first != instance.steps.end()) instance.verdict = first->step + ": " + first->text;
}

Bytes encode_account(const RegionAccount& account) {
  Bytes instances;
  std::size_t count = 0;
  for (const ExplainedInstance& instance : account.instances) {
    Bytes one;
    ByteWriter writer(one);
    write(writer, instance);
    if (instances.size() + one.size() > kMostBytes) break;
    instances += one;
    ++count;
  }
  Bytes out;
  ByteWriter writer(out);
  writer.string(cut(account.problem, kLongestText));
  writer.u8(account.more > 0 || count < account.instances.size() ? 1 : 0);
  writer.varint(count);
  writer.raw(instances);
  return out;
}

Result<RegionAccount> decode_account(ByteView bytes) {
  RegionAccount account;
  ByteReader reader(bytes);
  account.problem = reader.string();
  account.more = reader.u8() == 0 ? 0 : 1;
  const std::size_t count = reader.count(5);
  for (std::size_t i = 0; i < count && reader.ok(); ++i) read(reader, account.instances.emplace_back());
  if (!reader.finished()) return failure(ErrorCode::Corrupt, "", "the answer does not parse");
  return account;
}

}  // namespace syncer::node
