package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import whorl.agent.capture.jvm.LoaderNames;
import whorl.agent.capture.kernel.OpenSockets;
import whorl.agent.capture.kernel.ProcFs;
import whorl.agent.event.EventSink;
import whorl.agent.hook.Hooks;
import whorl.agent.hunt.ClassHunt;
import whorl.agent.hunt.ConnectionHunt;
import whorl.agent.hunt.HuntKind;
import whorl.agent.hunt.Hunts;
import whorl.agent.hunt.LibraryHunt;
import whorl.agent.hunt.RegistrationHunt;
import whorl.agent.hunt.RuleHunt;
import whorl.agent.library.HeldLibrary;
import whorl.agent.library.LibraryInventory;
import whorl.agent.redact.Redactor;
import whorl.agent.registration.LiveRegistrations;
import whorl.agent.thread.AgentThreads;
import whorl.evidence.Digest;
import whorl.evidence.channel.AgentMessage.HuntAnswer;
import whorl.evidence.channel.HuntQuestion;
import whorl.evidence.library.LibraryEntry;
import whorl.evidence.library.LibraryPattern;
import whorl.evidence.library.VersionRange;

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
      LibraryInventory libraries,
      Redactor redactor,
      Status status,
      Consumer<HuntAnswer> answers) {
    ModuleOpener opener = new ModuleOpener(instrumentation);
    LiveRegistrations live = new LiveRegistrations(hooks.liveRoots(), opener::open);
    List<HuntKind> kinds =
        List.of(
            new RuleHunt(sink::snapshot, rules::current, sink::epochNanos, redactor::text),
            new ClassHunt(
                instrumentation::getAllLoadedClasses,
                hooks.generatedClasses()::snapshot,
                loader -> new LoaderNames(opener).of(loader)),
            new ConnectionHunt(
                sink::snapshot,
                new OpenSockets(new ProcFs(ROOT), ByteOrder.nativeOrder()),
                sink::epochNanos,
                redactor::text),
            new RegistrationHunt(
                live::walk,
                hooks.lateRegistrations()::snapshot,
                hooks.generatedClasses()::snapshot),
            new LibraryHunt((name, versions, limit) -> find(libraries, name, versions, limit)));
    Hunts hunts = new Hunts(kinds, answers, new AgentThreads("hunt", Thread.MIN_PRIORITY));
    status.add(hunts::losses);
    status.capability(HuntQuestion.CAPABILITY, hunts.names());
    return hunts;
  }

  private static LibraryHunt.Found find(
      LibraryInventory inventory, String name, @Nullable String versions, int limit) {
    VersionRange range = versions == null ? null : VersionRange.of(versions);
    List<LibraryHunt.Library> found = new ArrayList<>();
    for (HeldLibrary each : inventory.matching(LibraryPattern.of(name), range, limit)) {
      LibraryEntry library = each.library();
      Digest sha256 = library.sha256();
      found.add(
          new LibraryHunt.Library(
              library.path(),
              library.group(),
              library.name(),
              library.version(),
              sha256 == null ? null : sha256.hex(),
              each.loader(),
              library.problem()));
    }
    return new LibraryHunt.Found(found, inventory.incomplete());
  }
}
