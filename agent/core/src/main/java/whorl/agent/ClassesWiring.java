package whorl.agent;

import java.lang.instrument.Instrumentation;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.jvm.GeneratedClassFiles;
import whorl.agent.classes.Inspector;
import whorl.agent.classes.NamedPlaces;
import whorl.agent.classes.RegistrationWatch;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.agent.registration.EarlierServers;
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

  /** Finds the servers whose start the hooks did not observe. */
  static void noteEarlierServers(Hooks hooks, Instrumentation instrumentation) {
    try {
      new EarlierServers(hooks.liveRoots(), new ModuleOpener(instrumentation)::open).note();
    } catch (RuntimeException | LinkageError otherShape) {
      LoggerFactory.getLogger(ClassesWiring.class)
          .warn("servers that started before the agent could not be found", otherShape);
    }
  }

  private static LiveRegistrations live(Hooks hooks, Instrumentation instrumentation) {
    return new LiveRegistrations(hooks.liveRoots(), new ModuleOpener(instrumentation)::open);
  }
}
