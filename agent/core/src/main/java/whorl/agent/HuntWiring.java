package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import whorl.agent.capture.jvm.LoaderNames;
import whorl.agent.capture.kernel.OpenSockets;
import whorl.agent.capture.kernel.ProcFs;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.agent.hunt.ClassHunt;
import whorl.agent.hunt.ConnectionHunt;
import whorl.agent.hunt.HuntKind;
import whorl.agent.hunt.Hunts;
import whorl.agent.hunt.RegistrationHunt;
import whorl.agent.hunt.RuleHunt;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.thread.AgentThreads;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntQuestion;

/** Connects the collector's hunts with what the agent holds. */
final class HuntWiring {
  private static final Path ROOT = Path.of("/");

  private HuntWiring() {}

  /**
   * Creates what answers hunts, and announces it.
   *
   * @param answers receives each answer
   */
  static Hunts of(
      EventSink sink,
      Hooks hooks,
      Instrumentation instrumentation,
      ActiveRules rules,
      Status status,
      Consumer<HuntAnswer> answers) {
    ModuleOpener opener = new ModuleOpener(instrumentation);
    LiveRegistrations live = new LiveRegistrations(hooks.liveRoots(), opener::open);
    List<HuntKind> kinds =
        List.of(
            new RuleHunt(sink::snapshot, rules::current, sink::epochNanos),
            new ClassHunt(
                instrumentation::getAllLoadedClasses,
                hooks.generatedClasses()::snapshot,
                loader -> new LoaderNames(opener).of(loader)),
            new ConnectionHunt(
                sink::snapshot,
                new OpenSockets(new ProcFs(ROOT), ByteOrder.nativeOrder()),
                sink::epochNanos),
            new RegistrationHunt(
                live::walk,
                hooks.lateRegistrations()::snapshot,
                hooks.generatedClasses()::snapshot));
    Hunts hunts = new Hunts(kinds, answers, new AgentThreads("hunt"));
    status.add(hunts::losses);
    status.capability(HuntQuestion.CAPABILITY, hunts.names());
    return hunts;
  }
}
