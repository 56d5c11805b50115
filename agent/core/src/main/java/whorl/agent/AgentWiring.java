package whorl.agent;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.alert.AlertDispatcher;
import whorl.agent.alert.AlertWarmup;
import whorl.agent.alert.Journal;
import whorl.agent.capture.ArtifactSource;
import whorl.agent.capture.CaptureContext;
import whorl.agent.capture.EvidenceSink;
import whorl.agent.capture.coordinate.CaptureCoordinator;
import whorl.agent.capture.coordinate.CaptureProcedure;
import whorl.agent.capture.coordinate.CaptureReports;
import whorl.agent.capture.coordinate.CaptureSealer;
import whorl.agent.capture.coordinate.CaptureSources;
import whorl.agent.capture.jvm.JvmOptions;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.MemoryBudget;
import whorl.agent.encrypt.Recipient;
import whorl.agent.environment.Environment;
import whorl.agent.environment.Identity;
import whorl.agent.environment.ThreadTimes;
import whorl.agent.event.EventSink;
import whorl.agent.event.time.EpochClock;
import whorl.agent.exit.ShutdownPolicy;
import whorl.agent.exit.ShutdownSequence;
import whorl.agent.hook.Hooks;
import whorl.agent.hook.console.ConsoleHook;
import whorl.agent.hook.system.OutOfMemoryHook;
import whorl.agent.library.Libraries;
import whorl.agent.life.PreviousRuns;
import whorl.agent.log.AgentLog;
import whorl.agent.memory.OutOfMemoryWatch;
import whorl.agent.probe.Probes;
import whorl.agent.redact.Redactor;
import whorl.agent.redact.WrittenLines;
import whorl.agent.seal.Encryption;
import whorl.agent.seal.SpooledEvidence;
import whorl.agent.ship.Shipper;
import whorl.agent.ship.channel.AgentSelf;
import whorl.agent.ship.spool.Spool;
import whorl.agent.start.StartupGate;
import whorl.agent.thread.AgentThreads;
import whorl.agent.thread.LiveThreads;
import whorl.agent.threshold.JvmReadings;
import whorl.agent.threshold.ThresholdWatch;
import whorl.evidence.AgentIdentity;
import whorl.evidence.SigningKey;
import whorl.evidence.channel.AgentMessage.LibrariesHeld;
import whorl.evidence.channel.CollectorMessage.LibrariesWanted;
import whorl.evidence.channel.ProbeRequest;

/**
 * Connects the stages behind the hooks, on the thread {@code whorl-start}: the channel to the
 * collector, captures, rules, and the recording. Only this class and {@link AgentStarter} know all
 * of them.
 */
final class AgentWiring {
  private static final Path ROOT = Path.of("/");

  /**
   * Added to the time that the recording covers after a capture: repeated events are not merged
   * during both.
   */
  private static final Duration AROUND_CAPTURES = Duration.ofMinutes(1);

  private AgentWiring() {}

  /**
   * Connects everything once the application has started.
   *
   * @param startupGate knows whether it opened because the JVM ends
   * @param late facts about a start in a JVM that already ran; null for one before {@code main}
   * @param parts what an attempt before this one started, and lacked the memory to connect
   */
  static void connect(
      AgentConfig config,
      Instrumentation instrumentation,
      EpochClock epochClock,
      EventSink sink,
      Hooks hooks,
      StartupGate startupGate,
      @Nullable LateStart late,
      StartedParts parts) {
    Logger log = LoggerFactory.getLogger(AgentWiring.class);
    boolean hasDestination = config.hasDestination();
    InstantSource clock = InstantSource.system();
    Environment environment =
        Environment.probe(ROOT, config.recording().dir(), config.evidenceDir());
    if (environment.evidenceProblem() != null) {
      log.warn("evidence.dir {}; name a folder that can be written", environment.evidenceProblem());
    }
    RecordingStart recording =
        parts.recording(
            () ->
                startupGate.jvmEnds()
                    ? RecordingStart.none(RecordingStart.ENDED_BEFORE)
                    : RecordingStart.start(
                        config, instrumentation, environment, sink, startupGate));
    startupGate.yieldToEnd();
    AgentIdentity identity =
        parts.identity(
            () ->
                Identity.of(
                    config, System::getProperty, System::getenv, ROOT, clock, Version.TEXT));
    SigningKey key = SigningKey.generate();
    Encryption encryption = Encryption.of(config.evidenceRecipient()).checked();
    if (encryption.refusal() != null) {
      log.warn("{}", encryption.refusal());
    }
    Recipient recipient = encryption.recipient();

    Status status =
        new Status(
            environment,
            recording,
            hooks,
            sink,
            instrumentation,
            JvmOptions.endOnOutOfMemory(new ModuleOpener(instrumentation)));
    Costs costs = new Costs(new ThreadTimes(ROOT), hooks, sink, epochClock::ageNanos);
    AgentThreads.lastAction(costs::threadEnds);
    status.capability("encryption", encryption.describe());
    if (!hasDestination) {
      status.capability("evidence", "none is captured: set collector.url or evidence.dir");
    }
    if (late != null) {
      status.capability(LateStart.CAPABILITY, late.describe());
      status.capability(LateStart.JAR_CAPABILITY, OwnJar.path().toString());
    }
    Spool spool =
        parts.spool(
            () ->
                SpoolLocation.open(
                    environment,
                    identity,
                    config.evidenceRecipient() != null,
                    hasDestination,
                    config.spoolMaxBytes()));
    startupGate.yieldToEnd();
    Commands commands = new Commands();
    Redactor redactor = new Redactor(config.redactKeys());
    // Before redactors mask console lines on the application's threads.
    redactor.warmUp();
    Shipper shipper =
        new Shipper(
            config.collector(),
            config.evidenceDir(),
            new AgentSelf(identity, key, status::capabilities, status::losses, costs),
            redactor,
            spool,
            commands,
            new AgentThreads("net"),
            clock);

    RecordInDetail recordInDetail =
        new RecordInDetail(
            sink, config.capture().after().plus(AROUND_CAPTURES).toNanos(), startupGate);
    AlertDispatcher dispatcher =
        new AlertDispatcher(shipper::raise, shipper::journal, sink, recordInDetail);
    CaptureReports reports = new CaptureReports(shipper::progress);
    CaptureSources sources =
        sources(config, instrumentation, sink, hooks, recording, redactor, identity, status);
    List<ArtifactSource> artifactSources = new ArrayList<>(sources.all(clock));
    artifactSources.addAll(FilesWiring.sources(config, sources.opener(), spool, sink, late));
    PreviousRuns previousRuns =
        PreviousRunsWiring.of(config, environment, identity, sources.opener(), clock);
    artifactSources.add(previousRuns.source());
    artifactSources.add(
        HeapWiring.source(
            config,
            instrumentation,
            sources.opener(),
            environment,
            identity,
            shipper,
            recipient,
            sources.histogram()));
    Libraries libraries =
        Libraries.of(
            instrumentation,
            sources.opener(),
            redactor::text,
            MemoryBudget.OF_THIS_JVM.entries(LibrariesHeld.ENTRIES_MAX),
            identity,
            startupGate::awaitQuiet,
            shipper::libraries,
            clock);
    artifactSources.add(libraries.source());
    EvidenceSink spooled = encryption.around(new SpooledEvidence(spool));
    CaptureSealer captureSealer =
        new CaptureSealer(
            identity,
            key,
            recipient == null ? null : recipient.text(),
            circumstances(status, shipper, late),
            clock);
    CaptureProcedure procedure =
        new CaptureProcedure(
            artifactSources,
            spooled,
            captureSealer,
            redactor,
            dispatcher,
            reports,
            new AgentThreads("source"),
            clock);
    CaptureCoordinator captures =
        new CaptureCoordinator(
            config,
            procedure,
            dispatcher,
            reports,
            new AgentThreads("capture"),
            clock,
            System::nanoTime);
    status.add(captures::losses);
    status.add(dispatcher::losses);
    costs.add(dispatcher::heldBytes);
    costs.add(shipper::heldBytes);
    ConsoleHook console = hooks.console();
    if (console != null) {
      costs.add(() -> Map.of("console", console.ring().heldBytes()));
    }
    ActiveRules rules = ActiveRules.read(config, dispatcher, shipper::rulesLoaded, clock);
    status.rules(rules::current);
    commands.connect(
        request -> {
          recordInDetail.run();
          captures.onRequest(request);
        },
        rules.pushed(),
        HuntWiring.of(
            sink,
            hooks,
            instrumentation,
            rules,
            libraries.inventory(),
            redactor,
            status,
            shipper::huntAnswered));
    commands.connectProbes(
        probes(config, instrumentation, hooks, sink, redactor, shipper, status),
        shipper::probeReported);
    boolean listsLibraries = MemoryBudget.OF_THIS_JVM.recording();
    if (listsLibraries) {
      status.capability(LibrariesWanted.LIBRARIES, true);
      costs.add(libraries::heldBytes);
      commands.connectLibraries(libraries::wanted);
    } else {
      libraries.omit("the heap is too small for an inventory of libraries");
    }
    SelfTest selfTest = new SelfTest(hooks, sink, recording);
    shipper.selfTests(selfTest);
    status.capability("selfTest", selfTest.capability());
    parts.threadsStart();
    dispatcher.start(captures::onAlert, new AgentThreads("alert"));
    captures.start();
    shipper.start();
    if (late != null) {
      ClassesWiring.noteEarlierServers(hooks, instrumentation);
      late.reportConnection(config.collector().url() != null, shipper::status, identity);
    }

    startupGate.yieldToEnd();
    Journal journal = new Journal(shipper::journal);
    shipper.droppedBefore(journal::dropped);
    rules.arm(journal, sink, status, costs);
    Housekeeping.start(
        epochClock, hooks, sink, status, ClassesWiring.registrations(hooks, sink, instrumentation));
    TamperWatch.start(
        sink,
        hooks,
        recording,
        rules,
        shipper,
        new LiveThreads(new ModuleOpener(instrumentation)::open));
    new AgentThreads(AgentThreads.SELF_TEST).newThread(selfTest).start();
    OutOfMemoryWatch memory = memory(config, hooks, dispatcher, clock);
    new ShutdownSequence(
            ShutdownPolicy.of(config),
            config.heap(),
            memory,
            dispatcher,
            captures,
            shipper,
            sink,
            clock,
            previousRuns::end,
            () -> {
              commands.close();
              spool.close();
              recording.close();
            })
        .start(hooks.end());
    if (hasDestination) {
      PreviousRunsWiring.start(previousRuns, recording, dispatcher::alert);
      if (listsLibraries) {
        libraries.start(new AgentThreads("libraries"));
      }
    }
    if (memory != null) {
      costs.add(memory::heldBytes);
      memory.start(new AgentThreads("memory"));
    }
    if (!config.capture().thresholds().isEmpty()) {
      new ThresholdWatch(
              config.capture().thresholds(),
              new JvmReadings(
                  ROOT,
                  sources.opener(),
                  Runtime.getRuntime().availableProcessors(),
                  System::nanoTime),
              dispatcher::alert,
              clock)
          .start(new AgentThreads("threshold"));
    }
    if (JvmOptions.limitClasses(new ModuleOpener(instrumentation))) {
      AlertWarmup warmup = new AlertWarmup(config, spooled, captureSealer, sink);
      new AgentThreads("rehearsal").newThread(warmup).start();
    }
  }

  /** Run for each alert or capture request. A class and no lambda: alerts come on any thread. */
  private record RecordInDetail(EventSink sink, long nanos, StartupGate startupGate)
      implements Runnable {
    @Override
    public void run() {
      sink.emitEach(nanos);
      startupGate.hurry();
    }
  }

  /** What takes probes; null if they are off. */
  private static @Nullable Probes probes(
      AgentConfig config,
      Instrumentation instrumentation,
      Hooks hooks,
      EventSink sink,
      Redactor redactor,
      Shipper shipper,
      Status status) {
    if (config.probes() == AgentConfig.Probes.OFF) {
      return null;
    }
    Probes probes =
        Probes.of(
            instrumentation,
            hooks,
            sink,
            redactor,
            shipper::probeReported,
            new AgentThreads("probe"));
    status.add(probes::losses);
    status.capability(ProbeRequest.CAPABILITY, "on-request");
    return probes;
  }

  private static @Nullable OutOfMemoryWatch memory(
      AgentConfig config, Hooks hooks, AlertDispatcher dispatcher, InstantSource clock) {
    OutOfMemoryHook hook = hooks.memory();
    if (hook == null) {
      return null;
    }
    try {
      return new OutOfMemoryWatch(hook, dispatcher::alert, config.capture().cooldown(), clock);
    } catch (ReflectiveOperationException e) {
      LoggerFactory.getLogger(AgentWiring.class)
          .warn("no alert {}", CaptureContext.OUT_OF_MEMORY, e);
      return null;
    }
  }

  private static CaptureSources sources(
      AgentConfig config,
      Instrumentation instrumentation,
      EventSink sink,
      Hooks hooks,
      RecordingStart recording,
      Redactor redactor,
      AgentIdentity identity,
      Status status) {
    ConsoleHook console = hooks.console();
    if (console != null) {
      console.emit(new WrittenLines(redactor)::line);
    }
    return new CaptureSources(
        recording,
        sink::snapshot,
        instrumentation,
        ClassesWiring.of(hooks, instrumentation),
        new ModuleOpener(instrumentation),
        redactor,
        console == null ? null : console.ring(),
        identity,
        status::capabilities,
        config.heap().pauseLimit());
  }

  private static CaptureSealer.Circumstances circumstances(
      Status status, Shipper shipper, @Nullable LateStart late) {
    return new CaptureSealer.Circumstances(
        () -> AgentLog.shared().lines().stream().map(AgentLog.Line::toString).toList(),
        status::losses,
        shipper::clockOffset,
        shipper::sealing,
        late == null ? List.of() : List.of(late.missing()));
  }
}
