// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/convergence.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/base/quantity.h"

namespace syncer::node {
namespace {

/// Samples of one region between two questions; a question holds as many.
constexpr std::size_t kMostSamples = 8;
/// Answers that are not fetched.
constexpr std::size_t kMostTimes = 4096;

/// "3.1 17" of a place.
std::string text_of(Version version) { return to_string(version.epoch) + " " + std::to_string(version.seq); }

std::optional<Version> parse_place(std::string_view text) {
  const std::size_t blank = std::min(text.find(' '), text.size());
  const auto epoch = parse_epoch(text.substr(0, blank));
  const auto seq = parse_number(text.substr(std::min(blank + 1, text.size())), UINT64_MAX);
  if (!epoch || !seq) return std::nullopt;
  return Version{*epoch, *seq};
}

}  // namespace

void Convergence::written(Instant now, const std::string& region, Version version) {
  std::vector<Sample>& samples = samples_[region];
  if (samples.size() < kMostSamples) samples.push_back({version, now});
}

void Convergence::forget(const std::string& region) {
  if (!SYNCER_MUTATED("node.measure_what_is_forgotten")) samples_.erase(region);
}

std::vector<std::string> Convergence::regions() const {
  std::vector<std::string> names;
  for (const auto& [region, samples] : samples_) names.push_back(region);
  return names;
}

std::string Convergence::question(const std::string& region) const {
  std::string text;
  const auto found = samples_.find(region);
  if (found == samples_.end()) return text;
  for (const Sample& sample : found->second) text += (text.empty() ? "" : ",") + text_of(sample.version);
  return text;
}

void Convergence::asked(Instant now, const std::string& region, std::uint64_t id) {
  auto node = samples_.extract(region);
  if (!node.empty()) open_.emplace(id, Open{region, std::move(node.mapped()), now});
}

bool Convergence::answered(Instant now, std::uint64_t id, const Result<Bytes>& answer) {
  auto node = open_.extract(id);
  if (node.empty()) return false;
  const Open& open = node.mapped();
  if (!answer) return true;
  ByteReader reader(*answer);
  for (const Sample& sample : open.samples) {
    const std::uint64_t known = reader.u8();
    const Duration age = std::chrono::microseconds(std::min<std::uint64_t>(reader.varint(), INT64_MAX / 2000));
    if (!reader.ok() || known == 0 || times_.size() >= kMostTimes) continue;
    // It was that old at some moment between question and answer: the middle is off by half of the round trip at most.
    const Instant told =
        SYNCER_MUTATED("node.take_the_answer_for_the_moment") ? now : open.asked + (now - open.asked) / 2;
    times_.push_back({open.region, std::max(Duration::zero(), sample.done - (told - age))});
  }
  return true;
}

Result<Bytes> answer_ages(std::string_view question, const AgeOf& age_of) {
  Bytes out;
  ByteWriter writer(out);
  std::size_t count = 0;
  while (!question.empty()) {
    const std::string_view one = question.substr(0, question.find(','));
    question.remove_prefix(std::min(one.size() + 1, question.size()));
    const auto place = parse_place(one);
    if (!place || ++count > kMostSamples) return failure(ErrorCode::Invalid, "", "that is no place in a log");
    const auto age = age_of(*place);
    writer.u8(age ? 1 : 0);
    const Duration known = age.value_or(Duration::zero());
    writer.varint(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(known).count()));
  }
  return out;
}

}  // namespace syncer::node
