package whorl.agent;

import java.lang.instrument.Instrumentation;
import whorl.agent.capture.jvm.GeneratedClassFiles;
import whorl.agent.classes.Inspector;
import whorl.agent.classes.NamedPlaces;
import whorl.agent.classes.RegistrationWatch;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.agent.registration.LiveRegistrations;

/** Connects the records of classes and of server registrations with the captures that need them. */
final class ClassesWiring {
  private ClassesWiring() {}

  static GeneratedClassFiles of(Hooks hooks, Instrumentation instrumentation) {
    hooks.generatedClasses().comparedBy(new NamedPlaces());
    return new Inspector(
        hooks.generatedClasses(),
        hooks.redefinitions(),
        hooks.lateRegistrations(),
        live(hooks, instrumentation),
        instrumentation,
        hooks::woven);
  }

  static RegistrationWatch registrations(
      Hooks hooks, EventSink sink, Instrumentation instrumentation) {
    return new RegistrationWatch(
        hooks.generatedClasses(), hooks.lateRegistrations(), live(hooks, instrumentation), sink);
  }

  private static LiveRegistrations live(Hooks hooks, Instrumentation instrumentation) {
    return new LiveRegistrations(hooks.liveRoots(), new ModuleOpener(instrumentation)::open);
  }
}
