// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/sim/sim_world.h"

namespace contract {
namespace {

/// Nothing of a signer takes time: a world without it.
class Untimed : public World {};

class SimSigner final : public SimWorld<Untimed>, public SignerHarness {
 public:
  SimSigner() : SimWorld(1) {
    for (const char* region : {"region0", "region1"}) {
      add_machine(true);
      sim::host::Certificate certificate;
      certificate.identity.region = region;
      certificate.identity.sync = true;
      fabric_.nodes.back()->set_certificate(certificate);
    }
  }
  syncer::Signer& signer(int node) override { return ports(node); }
};

INSTANTIATE_TEST_SUITE_P(Simulated, SignerContract, testing::Values([]() -> std::unique_ptr<SignerHarness> {
                           return std::make_unique<SimSigner>();
                         }));

}  // namespace
}  // namespace contract
