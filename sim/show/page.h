// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"
#include "sim/show/film.h"

namespace sim::show {

/// A run as one page for a browser, without any outside reference. `text` is the scenario's file as it was read.
std::string page(const scenario::Scenario& scenario, const std::string& text, const scenario::RunResult& result,
                 const Film& film);

/// The data in that page, as JSON that may stand in HTML: no "<" is in it.
std::string page_data(const scenario::Scenario& scenario, const std::string& text, const scenario::RunResult& result,
                      const Film& film);

}  // namespace sim::show
