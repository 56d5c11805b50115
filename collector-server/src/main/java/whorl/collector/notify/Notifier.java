package whorl.collector.notify;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.analysis.findings.Report;
import whorl.collector.notify.NotifyCounters.Result;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.file.Notification.GroupBy;
import whorl.collector.notify.file.Notifications;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Notice;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.outbox.NewMessage;
import whorl.collector.store.outbox.OutboxLedger;
import whorl.collector.store.outbox.OutboxLedger.Added;
import whorl.collector.store.records.AgentLedger;
import whorl.collector.store.records.AgentRecord;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Level;
import whorl.evidence.channel.CaptureState;

/**
 * Writes messages of what happened into the outbox, for each notification that wants to know. It is
 * called in the transaction of the event, if that has one, and sends nothing itself. Thread-safe.
 */
public final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private final Supplier<Notifications> notifications;
  private final OutboxLedger outbox;
  private final AgentLedger agents;
  private final InstantSource clock;
  private final NotifyCounters counters;
  private volatile Mutes mutes = Mutes.NEVER;
  private volatile Groups groups = alert -> null;

  Notifier(
      Supplier<Notifications> notifications,
      OutboxLedger outbox,
      AgentLedger agents,
      InstantSource clock,
      NotifyCounters counters) {
    this.notifications = notifications;
    this.outbox = outbox;
    this.agents = agents;
    this.clock = clock;
    this.counters = counters;
  }

  /** From now on, this is asked whether alerts are muted. */
  public void setMutes(Mutes known) {
    mutes = known;
  }

  /** From now on, this is asked for the groups of alerts. */
  public void setGroups(Groups known) {
    groups = known;
  }

  /** Knows which alerts belong together. */
  @FunctionalInterface
  public interface Groups {
    /** The group of an alert; null if it has none. */
    @Nullable Attack of(Id alert) throws IOException;
  }

  /**
   * Alerts that belong together.
   *
   * @param group the id of the first
   * @param ended null as long as one of them is not over
   */
  public record Attack(Id group, @Nullable Ended ended) {}

  /**
   * Alerts that belong together, and are over.
   *
   * @param gravest the level of the gravest
   * @param rules the rules of all
   * @param version that the group had before: if it begins and ends again, that is news again
   * @param places the first as an alert of each JVM, service and namespace of the group
   */
  public record Ended(
      AlertRecord first, Level gravest, Set<String> rules, long version, List<AlertRecord> places) {
    /** Creates alerts that were all about what the first was about. */
    Ended(AlertRecord first, Level gravest, Set<String> rules, long version) {
      this(first, gravest, rules, version, List.of(first));
    }
  }

  /** An alert was stored. */
  public void alert(AlertRecord record) throws IOException {
    if (Notices.isResolved(record.alert())) {
      resolved(record);
      return;
    }
    boolean asked = false;
    boolean muted = false;
    Attack attack = null;
    for (Notification each : notifications.get().all()) {
      if (!accepts(each, record, record.alert().level(), record.alert().rule())) {
        continue;
      }
      if (!asked) {
        asked = true;
        muted = mutes.isMuted(record);
        attack = groups.of(record.alert().id());
      }
      if (muted) {
        counters.count(Result.MUTED, 1);
      } else {
        Id group = attack == null ? null : attack.group();
        publish(each, record, group, false, "alert:" + record.alert().id());
      }
    }
  }

  /**
   * Another program says that its alert is over. Which JVM that was about is not known any more,
   * perhaps: whether it is let through is decided by what the alerts of its group were about, and
   * whether it is muted, by the one that began the group.
   */
  private void resolved(AlertRecord record) throws IOException {
    Attack attack = groups.of(record.alert().id());
    Ended ended = attack == null ? null : attack.ended();
    if (ended == null) {
      return; // others of its group are not over
    }
    AlertRecord first = ended.first();
    // else some may have been notified of another rule
    boolean alone = ended.rules().equals(Set.of(record.alert().rule()));
    if (alone
        && mutes.isMuted(first)
        && mutes.isMuted(record.of(first.namespace(), first.service()))) {
      counters.count(Result.MUTED, 1);
    } else {
      over(ended);
    }
  }

  /** A group of alerts is over: somebody closed it, perhaps. May be called more than once. */
  public void over(Ended ended) throws IOException {
    Id group = ended.first().alert().id();
    String event = "over:" + group + ":" + ended.version();
    for (Notification each : notifications.get().all()) {
      // other groups may have attacks that go on
      AlertRecord accepted = each.groupBy() == GroupBy.ATTACK ? accepted(each, ended) : null;
      if (accepted != null) {
        publish(each, accepted, group, true, event);
      }
    }
  }

  /** The first alert of a group at a place of it that is let through; null if none is. */
  private @Nullable AlertRecord accepted(Notification to, Ended ended) throws IOException {
    for (AlertRecord place : ended.places()) {
      for (String rule : ended.rules()) {
        if (accepts(to, place, ended.gravest(), rule)) {
          return place;
        }
      }
    }
    return null;
  }

  private boolean accepts(Notification to, AlertRecord record, Level level, String rule)
      throws IOException {
    return to.filter()
        .accepts(
            Notices.kind(record),
            level,
            record.service(),
            record.namespace(),
            rule,
            () -> labels(identity(record.agent())));
  }

  private void publish(
      Notification to, AlertRecord record, @Nullable Id attack, boolean over, String event)
      throws IOException {
    add(to, event, () -> Notices.alert(record, attack, to, over));
  }

  /** Evidence is in the store. May be called more than once. */
  public void sealed(EvidenceRecord record) throws IOException {
    if (!wants(Kind.EVIDENCE) || isOld(record)) {
      return;
    }
    AgentIdentity agent = identity(record.agent());
    publish(event("evidence", record), Notices.evidence(record, agent), agent);
  }

  /** A capture has ended. May be called more than once. */
  public void captureEnded(CaptureRecord record) throws IOException {
    if (!wants(Kind.CAPTURE_FAILED)) {
      return;
    }
    AgentIdentity agent = identity(record.agent());
    publish("capture:" + record.id(), Notices.capture(record, agent), agent);
  }

  /** The findings about evidence are there. May be called more than once. */
  public void reported(EvidenceRecord record, Report report) throws IOException {
    if (!wants(Kind.REPORT) || isOld(record)) {
      return;
    }
    AgentIdentity agent = identity(record.agent());
    publish(event("report", record), Notices.report(record, report, agent), agent);
  }

  /** Evidence that was partial or refused is news again once it is sealed. */
  private static String event(String kind, EvidenceRecord record) {
    String event = kind + ":" + record.id();
    return record.state() == CaptureState.SEALED ? event : event + ":" + record.state().word();
  }

  private void publish(String event, Notice notice, @Nullable AgentIdentity agent)
      throws IOException {
    for (Notification each : notifications.get().all()) {
      if (each.filter()
          .accepts(
              notice.kind(),
              notice.level(),
              notice.service(),
              notice.namespace(),
              notice.rule(),
              () -> labels(agent))) {
        add(each, event, () -> notice);
      }
    }
  }

  private boolean wants(Kind kind) {
    return notifications.get().all().stream().anyMatch(each -> each.filter().wants(kind));
  }

  /** Evidence that is indexed again after an update is no news. */
  private boolean isOld(EvidenceRecord record) {
    Duration age = Duration.between(record.sealedAt(), clock.instant());
    return age.compareTo(OutboxLedger.EVENTS_REMEMBERED) > 0;
  }

  private void add(Notification to, String event, Supplier<Notice> notice) throws IOException {
    Notice made;
    try {
      made = notice.get();
    } catch (RuntimeException e) {
      // a defect here must not keep an alert from being stored
      counters.count(Result.LOST, 1);
      LOG.warn("notification {} does not get {}", to.name(), event, e);
      return;
    }
    Added added =
        outbox.add(
            new NewMessage(
                Id.next(clock),
                to.name(),
                event,
                made.group(),
                Json.text(made),
                to.delay(),
                made.over()),
            Notifier::join);
    counters.count(
        switch (added) {
          case ADDED -> Result.ADDED;
          case JOINED -> Result.JOINED;
          case KNOWN -> Result.KNOWN;
        },
        1);
  }

  private static String join(String stored, String more) {
    try {
      Notice first = Json.LENIENT.readValue(stored, Notice.class);
      return Json.text(first.join(Json.LENIENT.readValue(more, Notice.class)));
    } catch (IOException e) {
      LOG.warn("a message of another version is replaced by its newest event", e);
      return more;
    }
  }

  private @Nullable AgentIdentity identity(@Nullable Id agent) throws IOException {
    AgentRecord record = agent == null ? null : agents.find(agent);
    return record == null ? null : record.identity();
  }

  private static Map<String, String> labels(@Nullable AgentIdentity agent) {
    return agent == null ? Map.of() : agent.labels();
  }
}
