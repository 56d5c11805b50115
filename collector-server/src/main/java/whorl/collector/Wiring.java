package whorl.collector;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import whorl.collector.alerts.AlertCounters;
import whorl.collector.alerts.AlertRoutes;
import whorl.collector.alerts.AlertViews;
import whorl.collector.alerts.Alerts;
import whorl.collector.alerts.triage.GroupRoutes;
import whorl.collector.alerts.triage.MuteRoutes;
import whorl.collector.alerts.triage.TriageCustody;
import whorl.collector.audit.AuditService;
import whorl.collector.config.PeopleLogin;
import whorl.collector.config.ServeConfig;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.SeenDoubts;
import whorl.collector.custody.publish.LogPublisher;
import whorl.collector.custody.verify.Verification;
import whorl.collector.export.EvidenceRoutes;
import whorl.collector.export.ExportLog;
import whorl.collector.fleet.agents.AgentRoutes;
import whorl.collector.fleet.agents.EnrolmentCustody;
import whorl.collector.fleet.agents.Fleet;
import whorl.collector.fleet.agents.FleetCounters;
import whorl.collector.fleet.agents.Journals;
import whorl.collector.fleet.agents.Presence;
import whorl.collector.fleet.agents.SelfTestWatch;
import whorl.collector.fleet.captures.CaptureCounters;
import whorl.collector.fleet.captures.CaptureRoutes;
import whorl.collector.fleet.captures.Captures;
import whorl.collector.fleet.channel.AgentChannel;
import whorl.collector.fleet.channel.ChannelPresence;
import whorl.collector.fleet.channel.FleetWatch;
import whorl.collector.fleet.lost.LostAgentDetector;
import whorl.collector.fleet.rules.RuleCustody;
import whorl.collector.fleet.rules.RuleRoutes;
import whorl.collector.fleet.rules.RuleSets;
import whorl.collector.http.request.Route;
import whorl.collector.http.server.Metrics;
import whorl.collector.hunt.CaptureCases;
import whorl.collector.hunt.HuntRoutes;
import whorl.collector.hunt.HuntService;
import whorl.collector.libraries.Libraries;
import whorl.collector.libraries.LibraryRoutes;
import whorl.collector.maintenance.DatabaseCheck;
import whorl.collector.maintenance.PeriodicTask;
import whorl.collector.marks.Marks;
import whorl.collector.mcp.McpMessages;
import whorl.collector.mcp.McpRoutes;
import whorl.collector.notify.Notifier;
import whorl.collector.notify.Notify;
import whorl.collector.people.tokens.ApiTokenRoutes;
import whorl.collector.people.tokens.ApiTokens;
import whorl.collector.probe.ProbeService;
import whorl.collector.receive.ReceiveLimits;
import whorl.collector.receive.ReceiverDependencies;
import whorl.collector.receive.bag.BagImport;
import whorl.collector.receive.bag.BagRoutes;
import whorl.collector.receive.tus.Receiver;
import whorl.collector.retention.PurgeListener;
import whorl.collector.schedules.Schedules;
import whorl.collector.scopes.ScopeGuard;
import whorl.collector.search.IdRoutes;
import whorl.collector.search.RowSearchLimits;
import whorl.collector.search.RowSearches;
import whorl.collector.search.SearchRoutes;
import whorl.collector.sigma.SigmaService;
import whorl.collector.store.access.IdLookup;
import whorl.collector.store.access.Origin;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.Ballast;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.disk.Disk;
import whorl.collector.store.libraries.LibraryLedger;
import whorl.collector.store.limits.ExportLedger;
import whorl.collector.store.limits.LedgerTime;
import whorl.collector.store.marks.MarkLedger;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.presence.AgentFilter;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.CaptureLedger;
import whorl.collector.store.records.Catalog;
import whorl.collector.store.records.Deed;
import whorl.collector.store.records.EnrolmentLedger;
import whorl.collector.store.records.IndicatorLedger;
import whorl.collector.store.records.JournalLedger;
import whorl.collector.store.records.MoveLedger;
import whorl.collector.store.rules.RuleLedger;
import whorl.collector.store.rules.RuleTestLedger;
import whorl.collector.store.searches.RowSearchLedger;
import whorl.collector.store.triage.AlertGroups;
import whorl.collector.store.triage.AlertMutes;
import whorl.collector.store.triage.EarlierAlerts;
import whorl.collector.store.triage.GravestLedger;
import whorl.collector.store.triage.GroupLists;
import whorl.collector.store.triage.Triage;
import whorl.collector.store.views.ViewLedger;
import whorl.collector.views.ViewRoutes;
import whorl.evidence.Id;

/** Creates the collector's parts and connects them; no other class knows more than one of them. */
final class Wiring {
  private static final long ALERTS_MAX = 1_000_000;
  private static final long ALERTS_MAX_BYTES = 4L << 30;

  private Wiring() {}

  /** Opens the parts on the data folder; if one fails, closes those that are open. */
  static CollectorParts open(ServeConfig config, Metrics metrics, Readiness readiness)
      throws IOException {
    List<AutoCloseable> closing = new ArrayList<>();
    try {
      return open(config, metrics, readiness, closing);
    } catch (IOException | RuntimeException e) {
      for (AutoCloseable part : closing) {
        try {
          part.close();
        } catch (Exception alsoFailed) {
          e.addSuppressed(alsoFailed);
        }
      }
      throw e;
    }
  }

  private static CollectorParts open(
      ServeConfig config, Metrics metrics, Readiness readiness, List<AutoCloseable> closing)
      throws IOException {
    DataFolder folder = new DataFolder(config.dataFolder());
    LongSupplier freeBytes = () -> config.dataFolder().toFile().getUsableSpace();
    Ballast ballast = new Ballast(folder, freeBytes);
    ballast.look(); // first, so that a full disk does not prevent the start
    FullDisk fullDisk = new FullDisk(freeBytes);
    RecordsWiring records = RecordsWiring.open(config.records(), closing);
    Database database = records.database();
    Sharing sharing = Sharing.open(config, database, closing);
    InstantSource clock = sharing.clock();
    ObjectsWiring objects = ObjectsWiring.open(config.objects(), folder, database, closing);
    objects.register(metrics);
    objects.check(readiness);
    EvidenceStore store = objects.store();
    EnrolmentLedger enrolments = new EnrolmentLedger(database);
    CustodyWiring custodyWiring =
        CustodyWiring.open(
            new CustodyWiring.Parts(
                config.custody(), folder, records, objects.objects(), sharing, enrolments, clock),
            metrics,
            readiness,
            closing);
    CustodyLog custody = custodyWiring.log();
    new MoveLedger(database).use();
    LogPublisher publisher = custodyWiring.publisher();
    Catalog catalog = Catalog.open(database);

    LimitWiring limits = LimitWiring.open(database, config.storm(), clock, sharing.collector());
    IdentityWiring identities =
        IdentityWiring.open(config, database, limits, clock, metrics, readiness, closing);
    PeopleWiring people = PeopleWiring.open(config, limits, clock, metrics, readiness, closing);
    FleetCounters fleetCounters = new FleetCounters();
    CaptureCounters captureCounters = new CaptureCounters();
    AlertCounters alertCounters = new AlertCounters();
    EnrolmentCustody enrolmentCustody = new EnrolmentCustody(custody, enrolments);
    enrolmentCustody.recordPending(sharing.isShared() ? Duration.ofMinutes(1) : Duration.ZERO);
    Presence presence = sharing.presence();
    ChainWiring chains = ChainWiring.open(database, clock, metrics);
    Fleet fleet =
        new Fleet(
            new AgentLedger(database),
            presence,
            enrolmentCustody,
            identities.owners(),
            chains.chains(),
            limits.enrolmentsAMinute(Fleet.MAX_ENROLLED_A_MINUTE),
            limits.refusalsAMinute(Fleet.MAX_REPORTED_A_MINUTE),
            clock,
            System::nanoTime,
            fleetCounters);
    identities.use(fleet.standings());
    Scopes scopes = Scopes.open(database, fleet, metrics, closing);
    Notify notify = notify(config, database, sharing, metrics, closing);
    CaptureLedger captureLedger = new CaptureLedger(database);
    captureLedger.setListener(notify.notifier()::captureEnded);
    Captures captures =
        new Captures(captureLedger, presence, fleet, clock, System::nanoTime, captureCounters);
    JournalLedger journalLedger = new JournalLedger(database, JournalLedger.Limits.DEFAULT, clock);
    Journals journals =
        new Journals(
            journalLedger,
            fleetCounters,
            fullDisk::hasRoom,
            limits.journalKibibytesADay((int) (journalLedger.limits().maxBytes() / 2 >> 10)));
    chains.journals(journals);
    AlertMutes mutes = new AlertMutes(database);
    AlertGroups alertGroups = new AlertGroups(database, mutes);
    AlertLedger alertLedger = new AlertLedger(database, ALERTS_MAX, ALERTS_MAX_BYTES, alertGroups);
    EarlierAlerts earlierAlerts = new EarlierAlerts(database, alertGroups);
    closing.add(
        0, PeriodicTask.start("earlier-alerts", Duration.ofMinutes(1), earlierAlerts::lookAll));
    alertLedger.setListener(notify.notifier()::alert);
    notify.notifier().setGroups(alertGroups::groupOf);
    notify
        .notifier()
        .setMutes(
            (rule, service, at) -> service != null && mutes.mutedUntil(rule, service, at) != null);
    closing.add(
        0,
        PeriodicTask.start(
            "enrolments",
            Duration.ofMinutes(1),
            () -> enrolmentCustody.recordPending(Duration.ofMinutes(1))));
    Alerts alerts =
        new Alerts(
            alertLedger,
            captures,
            fleet,
            limits.storm(identities.owners()::ownerOf),
            limits.cooldowns(),
            clock,
            alertCounters,
            limits.alertKibibytesADay());
    chains.alerts(alerts);
    LostAgentDetector lostAgentDetector =
        new LostAgentDetector(
            config.silence(),
            sharing.lostAgents(database),
            journals,
            alerts,
            clock,
            System::nanoTime);
    SelfTestWatch selfTests = new SelfTestWatch(fleet, journals, alerts, clock, System::nanoTime);
    RuleSets rules =
        new RuleSets(
            new RuleLedger(database),
            fleet,
            new RuleCustody(custody),
            clock,
            sharing.notifications(),
            limits.ruleStates());
    closing.add(0, rules.listen());
    AgentChannel channel =
        new AgentChannel(
            fleet,
            presence,
            captures,
            journals,
            chains.chains(),
            alerts,
            lostAgentDetector,
            selfTests,
            rules,
            System::nanoTime,
            fleetCounters);
    LibraryLedger libraryLedger = new LibraryLedger(database);
    Libraries libraries =
        new Libraries(libraryLedger, fleet, limits.libraryKibibytesADay(), System::nanoTime);
    channel.libraries(libraries);
    closing.add(0, PeriodicTask.start("libraries", Duration.ofSeconds(1), libraries::save));

    TimelineWiring timelines =
        TimelineWiring.open(
            new TimelineWiring.Parts(
                folder,
                store,
                catalog,
                custody,
                database,
                alertLedger,
                freeBytes,
                objects.timelines(folder),
                sharing.indexWork(database),
                objects.objects(),
                sharing.reportWork(database)),
            metrics,
            closing);

    MarkLedger markLedger = new MarkLedger(records.cases());
    Marks marks = new Marks(markLedger, timelines.timeline(), custody, clock);
    timelines.reports().setListener(notify.notifier()::reported);
    List<PurgeListener> purgeListeners = new ArrayList<>(timelines.purgeListeners());
    purgeListeners.add((evidence, why) -> chains.ledger().purged(evidence));
    purgeListeners.add((evidence, why) -> alertGroups.purged(evidence));
    purgeListeners.add((evidence, why) -> markLedger.purged(evidence));
    RuleTestLedger ruleTests = new RuleTestLedger(database);
    purgeListeners.add((evidence, why) -> ruleTests.purged(evidence));
    timelines
        .reports()
        .onKept(
            (evidence, gravest, held) -> alertGroups.held(evidence.id(), evidence.agent(), held));
    LakeWiring lake =
        config.lake()
            ? LakeWiring.open(
                new LakeWiring.Parts(
                    folder,
                    config.records(),
                    database,
                    objects.forLake(folder),
                    objects.location(folder),
                    store,
                    timelines,
                    clock),
                metrics,
                readiness,
                closing)
            : null;
    if (lake != null) {
      purgeListeners.addAll(lake.purgeListeners());
    }

    ReceiverDependencies receiving =
        new ReceiverDependencies(
            folder,
            Disk.LOCAL,
            store,
            catalog,
            custody,
            enrolments::keyId,
            agent -> serviceOf(fleet, agent),
            identities.owners(),
            identities.budget(),
            new SealedCaptures.AfterSeal(
                new SealedCaptures(captures),
                timelines.index(),
                chains.chains(),
                notify.notifier()),
            freeBytes,
            clock,
            System::nanoTime,
            readiness::recovering);
    ReceiveLimits receiveLimits =
        ReceiveLimits.DEFAULT.with(config.artifactMaxBytes(), config.maxUploads());
    Receiver receiver = Receiver.open(receiving, receiveLimits, objects.uploads(folder, database));
    closing.add(0, receiver);
    BagImport bags =
        new BagImport(receiving, receiveLimits, receiver::underWay, receiver.counters());
    RecoveryWiring.start(receiver, store, database, sharing, metrics, readiness, closing);

    sharing.start(
        fleet,
        new ChannelPresence(channel, captures, lostAgentDetector),
        readiness::edgeProblem,
        String.valueOf(Wiring.class.getPackage().getImplementationVersion()),
        closing);
    timelines.start();
    if (lake != null) {
      lake.start();
    }
    FleetWatch watch =
        new FleetWatch(
            fleet, captures, journals, channel, lostAgentDetector, selfTests, chains.chains());
    closing.add(0, watch);
    watch.start();
    closing.add(0, PeriodicTask.start("ballast", Duration.ofSeconds(2), ballast::look));
    closing.add(0, PeriodicTask.start("expiry", Duration.ofMinutes(1), receiver::expire));
    closing.add(0, PeriodicTask.start("custody-end", Duration.ofSeconds(1), custody::rememberEnd));
    SeenDoubts doubts = new SeenDoubts(custody);
    closing.add(0, PeriodicTask.start("custody-doubts", Duration.ofSeconds(2), doubts::look));
    CollectorMetrics.register(
        metrics, fleet, fleetCounters, captureCounters, alertCounters, receiver);
    CollectorMetrics.ledgers(metrics, journalLedger, alertLedger, doubts, publisher);
    CollectorMetrics.libraries(metrics, libraries.counters());

    ExportLog exports =
        new ExportLog(custody, clock, sharing.isShared() ? new ExportLedger(database) : null);
    GravestLedger gravest = new GravestLedger(database);
    List<Route> routes = new ArrayList<>(receiver.routes());
    routes.addAll(
        new EvidenceRoutes(
                store,
                catalog,
                gravest,
                custody,
                publisher,
                clock,
                chains.ledger(),
                exports,
                identities.owners()::ownerOf)
            .routes());
    routes.addAll(new BagRoutes(bags, receiving, receiveLimits).routes());
    routes.addAll(new CustodyRoutes(custody, publisher, store, scopes::seesEvidence).routes());
    routes.addAll(AuditService.open(database, custody, scopes.origins(), clock, metrics, closing));
    routes.addAll(new AgentRoutes(fleet, journals).routes());
    routes.addAll(new RuleRoutes(rules).routes());
    routes.addAll(Schedules.open(database, fleet, captures, clock, metrics, closing));
    routes.addAll(new LibraryRoutes(libraryLedger, fleet).routes());
    routes.addAll(notify.routes());
    routes.addAll(
        new SearchRoutes(new IndicatorLedger(database), new AgentLedger(database), journalLedger)
            .routes());
    routes.addAll(new IdRoutes(new IdLookup(database), fleet::save).routes());
    RowSearchLedger rowSearches =
        new RowSearchLedger(
            database, clock, RowSearchLimits.MAX_OF_PERSON, RowSearchLimits.MAX_RUNNING);
    purgeListeners.add((evidence, why) -> rowSearches.purged(evidence));
    routes.addAll(
        RowSearches.open(
            new RowSearches.Dependencies(
                store,
                catalog,
                timelines.index(),
                timelines.timeline(),
                exports,
                rowSearches,
                clock),
            metrics,
            closing));
    GroupLists groupLists = new GroupLists(database);
    routes.addAll(
        new AlertRoutes(
                alerts, alertLedger, groupLists, clock, alertCounters, limits.alertsAMinute())
            .routes());
    TriageCustody triageCustody = new TriageCustody(custody);
    routes.addAll(
        new GroupRoutes(
                groupLists,
                triage(database, clock, notify.notifier(), alertLedger),
                mutes,
                new AlertViews(alertLedger, groupLists),
                triageCustody,
                clock)
            .routes());
    routes.addAll(new MuteRoutes(mutes, triageCustody, clock).routes());
    RetentionWiring retention =
        RetentionWiring.open(
            new RetentionWiring.Parts(
                records.cases(),
                scopes,
                store,
                catalog,
                gravest,
                custody,
                receiver,
                freeBytes,
                clock,
                sharing,
                objects.locksRetained()),
            config.retain(),
            purgeListeners,
            metrics,
            closing);
    routes.addAll(retention.routes());
    HuntRoutes.Cases seesCase =
        (caller, scope, id) ->
            retention.all().exists(id) && retention.cases().sees(caller, scope, id);
    routes.addAll(
        new CaptureRoutes(
                captures,
                fleet,
                gravest,
                scopes::seesCapture,
                new CaptureCases(database, seesCase, clock))
            .routes());
    routes.addAll(
        HuntService.open(
            new HuntService.Parts(
                database,
                fleet,
                captures,
                channel,
                custody,
                sharing.notifications(),
                clock,
                agent -> scopes.ledger().idOf(Origin.of(agent)),
                seesCase,
                retention.all()::add),
            metrics,
            closing));
    routes.addAll(
        ProbeService.open(
            new ProbeService.Parts(
                database,
                fleet,
                channel,
                custody,
                sharing.notifications(),
                clock,
                agent -> scopes.ledger().idOf(Origin.of(agent))),
            metrics,
            closing));
    routes.addAll(
        timelines.routes(retention.cases()::evidenceOf, scopes::seesEvidence, exports, marks));
    routes.addAll(
        SigmaService.open(
            new SigmaService.Parts(
                database,
                rules,
                fleet,
                mutes,
                store,
                catalog,
                timelines.timeline(),
                scopes::seesEvidence,
                exports,
                clock,
                Wiring.class.getPackage().getImplementationVersion()),
            metrics,
            closing));
    routes.addAll(
        timelines.reportRoutes(
            new Verification(store, custody, publisher, chains.ledger(), clock),
            exports,
            clock,
            marks));
    routes.addAll(people.routes());
    routes.addAll(new ViewRoutes(new ViewLedger(records.cases()), clock).routes());
    check(readiness, records, doubts, timelines, freeBytes);
    DatabaseCheck damage = new DatabaseCheck(records.files());
    readiness.addOptional(damage::problem);
    damage.start();
    limits.start(rules, closing);
    ApiTokens apiTokens = people.apiTokens(database, sharing, custody, metrics, closing);
    routes.addAll(new ApiTokenRoutes(apiTokens, clock).routes());
    List<Route> all = new ArrayList<>(fullDisk.guard(routes));
    ScopeGuard guard = scopes.guard(retention.cases());
    all.addAll(new McpRoutes(guard.guarded(all), () -> mcp(metrics)).routes());
    return new CollectorParts(
        all, guard, channel, people.access(), identities.proofs(), apiTokens, bags, closing);
  }

  private static McpMessages mcp(Metrics metrics) {
    String version = Wiring.class.getPackage().getImplementationVersion();
    return new McpMessages(
        version == null ? "unpackaged" : version,
        (tool, outcome) ->
            metrics
                .counter(
                    "whorl_mcp_calls_total",
                    "Calls of tools at /mcp.",
                    "tool",
                    tool,
                    "outcome",
                    outcome.name().toLowerCase(Locale.ROOT))
                .increment());
  }

  /** What is decided about alerts; who was notified of them learns that they are closed. */
  private static Triage triage(
      Database database, InstantSource clock, Notifier notifier, AlertLedger alerts) {
    Triage triage = new Triage(database, clock);
    triage.setListener(
        (group, state) -> {
          AlertRecord first = alerts.find(group.id());
          if (first != null) {
            notifier.over(
                first,
                group.level(),
                group.titles().stream().map(Deed.Match::rule).collect(Collectors.toSet()),
                group.version());
          }
        });
    return triage;
  }

  private static Notify notify(
      ServeConfig config,
      Database database,
      Sharing sharing,
      Metrics metrics,
      List<AutoCloseable> closing)
      throws IOException {
    PeopleLogin people = config.people();
    String collector = sharing.collector();
    return Notify.open(
        new Notify.Parts(
            config.notifyFile(),
            people == null ? null : people.page(),
            database,
            sharing.isShared() ? LedgerTime.of(database) : LedgerTime.of(sharing.clock()),
            collector == null ? "alone" : collector,
            sharing.clock()),
        metrics,
        closing);
  }

  private static void check(
      Readiness readiness,
      RecordsWiring records,
      SeenDoubts doubts,
      TimelineWiring timelines,
      LongSupplier freeBytes) {
    long reserve = ReceiveLimits.DEFAULT.freeReserveBytes();
    readiness.addRequired(
        () ->
            freeBytes.getAsLong() < reserve
                ? "the disk has "
                    + (freeBytes.getAsLong() >> 20)
                    + " MiB left, and "
                    + (reserve >> 20)
                    + " MiB are reserved: uploads are refused; free some space"
                : null);
    readiness.addRequired(records::failure);
    readiness.addOptional(
        () ->
            timelines.index().isRunning()
                ? null
                : "the indexing threads have ended: new evidence gets no timeline; restart");
    readiness.addOptional(
        () -> doubts.now().isEmpty() ? null : "custody is in doubt: " + doubts.now().get(0));
  }

  private static @Nullable String serviceOf(Fleet fleet, Id agent) throws IOException {
    return fleet.find(AgentFilter.agent(agent.value())).stream()
        .map(identity -> identity.service())
        .findFirst()
        .orElse(null);
  }
}
