// Where the script begins: what needs it is shown now.

function start() {
  document.querySelectorAll(".scripted").forEach(part => {
    part.hidden = false;
  });
  buildReferences(byId("shown"));
  buildCopying();
  if (byId("walk")) {
    buildWalk(byId("walk"));
  }
  if (network !== null) {
    const state = stateOf(JSON.parse(byId("data").textContent));
    buildControls(state, byId("controls"));
    buildTraining(state);
    state.listeners.push(showNumbers(byId("live")), showStated(byId("stated")), showInDrawings());
    if (byId("weights")) {
      buildRoutes(state, byId("weights"), byId("routes"));
    }
    buildJudge(state, byId("judge"), byId("judged"));
    refresh(state);
  }
  buildBoxes();
}

start();
