#include "services/metrics/collector.hpp"
#include "services/metrics/family.hpp"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>

namespace strowger::services {

namespace {

struct closer {
  void operator()(std::FILE* x) const {
    std::fclose(x);
  }
  void operator()(DIR* x) const {
    ::closedir(x);
  }
};

/// Resident pages; 0 where there is no /proc.
double resident_bytes() {
  std::unique_ptr<std::FILE, closer> file{std::fopen("/proc/self/statm", "re")};
  unsigned long size = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%lu %lu", &size, &resident) != 2)
    return 0;
  return static_cast<double>(resident)
         * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double seconds(const timeval& x) {
  return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) * 1e-6;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_files() {
  std::unique_ptr<DIR, closer> folder{::opendir("/proc/self/fd")};
  if (!folder)
    return 0;
  double n = 0;
  while (auto* entry = ::readdir(folder.get()))
    n += entry->d_name[0] != '.';
  return n - 1; // the one that reads the folder
}

/// Time of day at which this process was started, in seconds since 1970.
double start_time() {
  // Field 22 of /proc/self/stat: ticks between boot and start. The name in
  // field 2 may hold anything, so fields count from its last parenthesis.
  std::unique_ptr<std::FILE, closer> file{std::fopen("/proc/self/stat", "re")};
  std::array<char, 1024> text{};
  if (!file || !std::fread(text.data(), 1, text.size() - 1, file.get()))
    return 0;
  auto* at = std::strrchr(text.data(), ')');
  for (int field = 2; at && field < 22; ++field)
    at = std::strchr(at + 1, ' ');
  unsigned long long ticks = 0;
  timespec now{}, since_boot{};
  if (!at || std::sscanf(at, "%llu", &ticks) != 1
      || ::clock_gettime(CLOCK_REALTIME, &now) != 0
      || ::clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0)
    return 0;
  auto boot = static_cast<double>(now.tv_sec - since_boot.tv_sec)
              + static_cast<double>(now.tv_nsec - since_boot.tv_nsec) * 1e-9;
  return boot
         + static_cast<double>(ticks)
             / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

} // namespace

std::vector<prometheus::MetricFamily> collect_process() {
  static const auto started = start_time(); // a constant of the process
  return {
    one_gauge("process_resident_memory_bytes", "Resident memory.",
              resident_bytes()),
    one_counter("process_cpu_seconds_total",
                "CPU time spent in user and kernel mode.", cpu_seconds()),
    one_gauge("process_open_fds", "Open file descriptors.", open_files()),
    one_gauge("process_start_time_seconds",
              "When the process was started, seconds since 1970.", started),
  };
}

} // namespace strowger::services
