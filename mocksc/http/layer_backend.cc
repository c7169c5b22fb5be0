// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/layer_backend.h"

#include <mutex>
#include <utility>

#include "mocksc/fault/control.h"
#include "mocksc/fault/fault_layer.h"

namespace mocksc {
namespace {

class LayerBackend final : public Backend {
 public:
  LayerBackend(const ServerOptions& options, std::unique_ptr<Store> store)
      : clock_(clock_of(options)), layer_(std::move(store), syncer::Random(options.seed).stream("faults")) {}

  syncer::Instant now() const override { return clock_(); }
  Outcome handle(std::size_t frontend, const syncer::HttpRequest& request) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (is_control(request.target)) return {Outcome::Kind::Answer, control(layer_, clock_(), request)};
    return layer_.handle(clock_(), frontend, request);
  }
  bool is_out(std::size_t frontend) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    layer_.advance(clock_());
    return layer_.is_out(frontend);
  }

 private:
  std::function<syncer::Instant()> clock_;
  std::mutex mutex_;
  FaultLayer layer_;
};

}  // namespace

std::unique_ptr<Backend> make_layer_backend(const ServerOptions& options, std::unique_ptr<Store> store) {
  return std::make_unique<LayerBackend>(options, std::move(store));
}

}  // namespace mocksc
