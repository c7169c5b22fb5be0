// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/options.h"
#include "syncer/ports/signer.h"

namespace sim::host {

/// Signs as a certificate of that identity would: by a MAC whose key follows from the identity. Nobody in a simulation
/// makes one for another identity than his own.
syncer::Bytes simulated_certificate(const Certificate& certificate);
syncer::Bytes simulated_signature(const Certificate& certificate, syncer::ByteView text);
/// Whom it names; an error when it is not believed, or another one signed.
syncer::Result<syncer::PeerIdentity> simulated_verification(syncer::ByteView certificate, syncer::ByteView text,
                                                            syncer::ByteView signature);

}  // namespace sim::host
