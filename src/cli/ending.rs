//! What ends a verb that serves, from outside: a signal, or the end of its standard input when its starter is gone.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Calls `act` when this process is asked to end, with the signal; asked once more, it ends at once.
pub(super) fn on_signal(act: impl FnOnce(i32) + Send + 'static) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    std::thread::spawn(move || {
        let mut act = Some(act);
        for signal in signals.forever() {
            match act.take() {
                Some(act) => act(signal),
                None => die_of(signal),
            }
        }
    });
    Ok(())
}

/// Ends as a process does that never heard of the signal: whoever waits for it sees that.
pub(super) fn die_of(signal: i32) {
    let _ = emulate_default_handler(signal);
    std::process::abort();
}

/// Calls `act` when standard input ends.
pub(super) fn on_end_of_input(act: impl FnOnce() + Send + 'static) {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        act();
    });
}
