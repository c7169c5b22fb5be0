// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/signer.h"
#include "tests/contract/suites/harness.h"
#include "tests/support/pki.h"

namespace contract {
namespace {

class RealSigner final : public SignerHarness {
 public:
  RealSigner() {
    signers_[0].use(syncer::tls::Credentials::load(pki_.make(test::identity("region0"))).value());
    signers_[1].use(syncer::tls::Credentials::load(pki_.make(test::identity("region1"))).value());
  }
  syncer::Signer& signer(int node) override { return signers_[node]; }

 private:
  test::Pki pki_;
  syncer::tls::CredentialSigner signers_[2];
};

INSTANTIATE_TEST_SUITE_P(Certificates, SignerContract, testing::Values([]() -> std::unique_ptr<SignerHarness> {
                           return std::make_unique<RealSigner>();
                         }));

}  // namespace
}  // namespace contract
