package whorl.agent;

import java.lang.instrument.Instrumentation;
import whorl.agent.capture.KeptClasses;
import whorl.agent.classes.Inspector;
import whorl.agent.classes.NamedPlaces;
import whorl.agent.hook.Hooks;
import whorl.agent.registration.LiveRegistrations;

/** Connects what is known of classes and of servers with the capture that asks for it. */
final class ClassesStage {
  private ClassesStage() {}

  static KeptClasses of(Hooks hooks, Instrumentation instrumentation) {
    hooks.madeClasses().comparedBy(new NamedPlaces());
    return new Inspector(
        hooks.madeClasses(),
        hooks.redefinitions(),
        hooks.seenRegistrations(),
        new LiveRegistrations(hooks.liveRoots(), new ModuleOpener(instrumentation)::open),
        instrumentation,
        hooks::woven);
  }
}
