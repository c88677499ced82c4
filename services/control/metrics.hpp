#pragma once

#include "services/control/feed.hpp"
#include "services/control/tally.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <vector>

namespace strowger::services::control {

/// Makes every method of the protocol that is served appear with zeros.
void expect_methods(tally& to);

/// What Prometheus sees of the control plane.
class control_collector final : public prometheus::Collectable {
public:
  control_collector(std::shared_ptr<feed> events,
                    std::shared_ptr<tally> requests)
    : feed_(std::move(events)), tally_(std::move(requests)) {
    // nop
  }

  std::vector<prometheus::MetricFamily> Collect() const override;

private:
  std::shared_ptr<feed> feed_;
  std::shared_ptr<tally> tally_;
};

} // namespace strowger::services::control
