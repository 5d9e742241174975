//! Wall clock and CPU time of this process, in milliseconds.

use rustix::time::{ClockId, Timespec, clock_gettime};

pub struct Stopwatch {
    wall: std::time::Instant,
    cpu: Timespec,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self { wall: std::time::Instant::now(), cpu: clock_gettime(ClockId::ProcessCPUTime) }
    }

    pub fn wall(&self) -> f64 {
        self.wall.elapsed().as_secs_f64() * 1e3
    }

    /// Of all threads together.
    pub fn cpu(&self) -> f64 {
        let now = clock_gettime(ClockId::ProcessCPUTime);
        (now.tv_sec - self.cpu.tv_sec) as f64 * 1e3 + (now.tv_nsec - self.cpu.tv_nsec) as f64 / 1e6
    }
}
