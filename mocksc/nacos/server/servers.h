// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mocksc/fault/store.h"
#include "mocksc/nacos/api/model.h"

namespace mocksc::nacos {

/// Nacos servers that agree: any number of front-ends over one model. An instance's id is "cluster#ip#port".
class Servers : public Store {
 public:
  virtual Model& model() = 0;
  virtual const Model& model() const = 0;
};

std::unique_ptr<Servers> make_servers(const Options& options, std::size_t front_ends);

}  // namespace mocksc::nacos
