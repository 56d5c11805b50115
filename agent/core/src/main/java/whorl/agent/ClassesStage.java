package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;
import whorl.agent.capture.KeptClasses;
import whorl.agent.classes.Inspector;
import whorl.agent.hook.Hooks;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.registration.Peek;

/** Connects what is known of classes and of servers with the capture that asks for it. */
final class ClassesStage {
  private ClassesStage() {}

  static KeptClasses of(Hooks hooks, Instrumentation instrumentation) {
    Peek peek = new Peek((module, name) -> open(instrumentation, module, name));
    return new Inspector(
        hooks.madeClasses(),
        hooks.redefinitions(),
        hooks.seenRegistrations(),
        new LiveRegistrations(hooks.liveRoots(), peek),
        instrumentation,
        hooks::woven);
  }

  private static void open(Instrumentation instrumentation, Module module, String name) {
    Module ours = ClassesStage.class.getModule();
    if (!module.isOpen(name, ours)) {
      instrumentation.redefineModule(
          module, Set.of(), Map.of(), Map.of(name, Set.of(ours)), Set.of(), Map.of());
    }
  }
}
