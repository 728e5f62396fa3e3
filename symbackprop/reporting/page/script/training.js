// Step, run, and back to the start.

const PAUSE = 60;

function buildTraining(state) {
  const moves = movesOf(state.told.quantities);
  const [step, run, reset] = ["step", "run", "reset"].map(byId);
  let clock = null;

  function onward() {
    state.values = descended(network, state.values, moves, state.rate);
    state.epoch += 1;
    state.losses.push(lossOf(state));
    refresh(state);
    if (!Number.isFinite(state.losses[state.epoch])) {
      stop();
    }
  }

  function stop() {
    clearInterval(clock);
    clock = null;
    if (run) {
      run.textContent = "Run";
    }
  }

  step?.addEventListener("click", onward);
  run?.addEventListener("click", () => {
    if (clock === null) {
      clock = setInterval(onward, PAUSE);
      run.textContent = "Pause";
    } else {
      stop();
    }
  });
  reset.addEventListener("click", () => {
    stop();
    state.values = { ...state.start };
    state.epoch = 0;
    state.losses = [lossOf(state)];
    refresh(state);
  });
  if (state.told.loss) {
    state.listeners.push(showProgress(byId("epoch"), byId("loss")), showCurve(byId("curve")));
  }
}

function showProgress(epoch, loss) {
  return state => {
    const now = state.losses[state.epoch];
    epoch.textContent = String(state.epoch);
    loss.textContent = shown(now, 8);
    loss.dataset.value = String(now);
  };
}
