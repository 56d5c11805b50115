package whorl.agent;

import java.lang.instrument.Instrumentation;
import whorl.agent.capture.jvm.GeneratedClassFiles;
import whorl.agent.classes.Inspector;
import whorl.agent.classes.NamedPlaces;
import whorl.agent.classes.RegistrationWatch;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.agent.registration.EarlierServers;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.thread.AgentThreads;

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

  /**
   * Finds the servers whose start the hooks did not observe, on a thread of its own: a class loader
   * of the application can hold it up, perhaps for ever.
   */
  static void noteEarlierServers(Hooks hooks, Instrumentation instrumentation) {
    EarlierServers servers =
        new EarlierServers(hooks.liveRoots(), new ModuleOpener(instrumentation)::open);
    new AgentThreads("servers").newThread(servers::note).start();
  }

  private static LiveRegistrations live(Hooks hooks, Instrumentation instrumentation) {
    return new LiveRegistrations(hooks.liveRoots(), new ModuleOpener(instrumentation)::open);
  }
}
