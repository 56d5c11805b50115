package whorl.collector.people;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import whorl.collector.identity.keys.KeyCounters;
import whorl.collector.identity.keys.Refusal;
import whorl.collector.identity.keys.RefusalCounters;

/** Counters of logins and tokens of people since the start. Thread-safe. */
public final class PeopleCounters {
  private final Map<LoginResult, LongAdder> logins = new EnumMap<>(LoginResult.class);
  private final RefusalCounters refused = new RefusalCounters(EnumSet.allOf(Refusal.class));
  final KeyCounters keys = new KeyCounters();
  final LongAdder verified = new LongAdder();
  final LongAdder sessionsEnded = new LongAdder();
  final LongAdder accessFailures = new LongAdder();

  public PeopleCounters() {
    for (LoginResult each : LoginResult.values()) {
      logins.put(each, new LongAdder());
    }
  }

  /** How a login ended. */
  enum LoginResult {
    /** A browser was sent to the provider. */
    STARTED,
    DONE,
    /** The provider refused, or the person turned back. */
    DENIED,
    /** Not the answer to a login that this browser started. */
    STATE,
    /** What the provider answered is not accepted. */
    REFUSED,
    /** The person's groups give nothing. */
    NO_ACCESS,
    /** The provider could not be reached. */
    AWAY,
    /** Too many from one network. */
    LIMITED
  }

  void login(LoginResult result) {
    LongAdder counter = logins.get(result);
    if (counter != null) {
      counter.increment();
    }
  }

  void refused(Refusal why) {
    refused.count(why);
  }

  /** Logins by result. */
  public Map<String, Double> logins() {
    Map<String, Double> byResult = new TreeMap<>();
    logins.forEach(
        (result, count) ->
            byResult.put(
                result.name().toLowerCase(Locale.ROOT).replace('_', '-'), (double) count.sum()));
    return byResult;
  }

  /** Tokens that were refused, by reason. */
  public Map<String, Double> refused() {
    return refused.byReason();
  }

  /** Tokens whose signature was verified; one that comes again costs nothing. */
  public long verified() {
    return verified.sum();
  }

  public long keyReads() {
    return keys.reads();
  }

  public long keyFailures() {
    return keys.failures();
  }

  /** Sessions that the provider ended. */
  public long sessionsEnded() {
    return sessionsEnded.sum();
  }

  /** Versions of the access file that were refused. */
  public long accessFailures() {
    return accessFailures.sum();
  }
}
