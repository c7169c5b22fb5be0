// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/loss_wave.h"

#include <gtest/gtest.h>

#include <chrono>

namespace syncer::replication {
namespace {

using std::chrono::seconds;

Instant at(int second) { return instant(0) + seconds(second); }

LossWave::Number found(LossWave& wave, int founders, int now, int until) {
  LossWave::Number number = 0;
  for (int i = 0; i < founders; ++i) number = wave.found(at(now), at(until));
  return number;
}

TEST(LossWave, IsOverAfterItsTime) {
  LossWave wave;
  EXPECT_FALSE(wave.takes_in(at(0)));
  found(wave, 10, 0, 60);
  EXPECT_TRUE(wave.takes_in(at(59)));
  EXPECT_FALSE(wave.takes_in(at(60)));
}

TEST(LossWave, LastsAsLongAsTheLatestFounderSays) {
  LossWave wave;
  found(wave, 5, 0, 60);
  found(wave, 5, 10, 40);
  EXPECT_TRUE(wave.takes_in(at(59)));
}

TEST(LossWave, IsOverWhenAnEighthIsMissing) {
  LossWave wave;
  const LossWave::Number number = found(wave, 16, 0, 60);
  for (int i = 0; i < 13; ++i) wave.back(number);
  EXPECT_TRUE(wave.takes_in(at(1)));
  wave.back(number);
  EXPECT_FALSE(wave.takes_in(at(1)));
}

TEST(LossWave, IsOverWhenAllOfASmallOneAreBack) {
  LossWave wave;
  const LossWave::Number number = found(wave, 7, 0, 60);
  for (int i = 0; i < 6; ++i) wave.back(number);
  EXPECT_TRUE(wave.takes_in(at(1)));
  wave.back(number);
  EXPECT_FALSE(wave.takes_in(at(1)));
}

TEST(LossWave, DoesNotCountTheFoundersOfTheOneBefore) {
  LossWave wave;
  const LossWave::Number first = found(wave, 10, 0, 60);
  const LossWave::Number second = found(wave, 6, 60, 120);
  EXPECT_NE(first, second);
  for (int i = 0; i < 10; ++i) wave.back(first);
  EXPECT_TRUE(wave.takes_in(at(61)));
  for (int i = 0; i < 6; ++i) wave.back(second);
  EXPECT_FALSE(wave.takes_in(at(61)));
}

TEST(LossWave, EndsByAWord) {
  LossWave wave;
  found(wave, 10, 0, 60);
  wave.end();
  EXPECT_FALSE(wave.takes_in(at(1)));
}

}  // namespace
}  // namespace syncer::replication
