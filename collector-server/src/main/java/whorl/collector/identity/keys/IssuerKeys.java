package whorl.collector.identity.keys;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.recent.RecentMap;

/**
 * The public keys of one issuer, in memory. They are read again every ten minutes, from a file
 * every five seconds, and soon after a token names a key that is not among them. When they cannot
 * be read, the earlier ones stay valid for a day. Any thread may look for a key; one thread reads.
 */
public final class IssuerKeys {
  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

  public static final Duration VALID = Duration.ofHours(24);
  private static final long EVERY_NANOS = Duration.ofMinutes(10).toNanos();
  private static final long FILE_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long FAILED_NANOS = Duration.ofSeconds(30).toNanos();

  /** Anybody can name unknown keys, and must not make the collector ask for them all the time. */
  private static final long WANTED_NANOS = Duration.ofSeconds(10).toNanos();

  private static final int MAX_KEYS = 100;
  private static final int MAX_MISSING = 1_000;
  private static final int LEAST_RSA_BITS = 2048;
  private static final Set<KeyType> TYPES = Set.of(KeyType.RSA, KeyType.EC);

  private final String name;
  private final KeySource source;
  private final LongSupplier nanos;
  private final KeyCounters counters;
  private volatile @Nullable Loaded loaded;
  private volatile @Nullable String failure = "the keys have not been read yet";
  private volatile boolean wanted;

  /** When the last successful reading began. */
  private volatile long readNanos;

  /** When a token first named a key that was not there. Guarded by itself. */
  private final Map<String, Long> missing = RecentMap.byAddition(MAX_MISSING);

  private volatile long triedNanos;
  private volatile boolean tried;
  private String document = "";

  /**
   * Keys that were read.
   *
   * @param version grows when the keys change
   */
  private record Loaded(JWKSet keys, long readNanos, long version) {}

  /**
   * @param name exactly as the issuer's tokens have it
   * @param nanos as {@link System#nanoTime}
   */
  public IssuerKeys(String name, KeySource source, LongSupplier nanos, KeyCounters counters) {
    this.name = name;
    this.source = source;
    this.nanos = nanos;
    this.counters = counters;
  }

  public String name() {
    return name;
  }

  /** The result of a search. */
  sealed interface Search {
    /**
     * The keys that may have made the signature.
     *
     * @param version of all keys
     */
    record Found(List<JWK> keys, long version) implements Search {}

    /** The issuer does not list the key. */
    record Unknown() implements Search {}

    /** The keys cannot be asked now. */
    record Away(String why) implements Search {}
  }

  /** Looks for the key that a signature names; never waits. */
  Search find(JWSHeader header) {
    Loaded now = current();
    if (now == null) {
      return new Search.Away(String.valueOf(failure));
    }
    List<JWK> keys = new JWKSelector(JWKMatcher.forJWSHeader(header)).select(now.keys());
    if (!keys.isEmpty()) {
      return new Search.Found(keys, now.version());
    }
    if (isUnknown(String.valueOf(header.getKeyID()))) {
      return new Search.Unknown();
    }
    wanted = true;
    return new Search.Away("its keys are being read again");
  }

  /** True if the keys were read since a token first named this one, and it was not there. */
  private boolean isUnknown(String id) {
    synchronized (missing) {
      Long first = missing.putIfAbsent(id, nanos.getAsLong());
      return first != null && readNanos - first > 0;
    }
  }

  /** The version of the keys; -1 if there are none that are valid. */
  public long version() {
    Loaded now = current();
    return now == null ? -1 : now.version();
  }

  private @Nullable Loaded current() {
    Loaded now = loaded;
    return now == null || nanos.getAsLong() - now.readNanos() > VALID.toNanos() ? null : now;
  }

  /** Why the keys could not be read the last time; null if they could. */
  public @Nullable String failure() {
    return failure;
  }

  /** Reads the keys if it is time to; to be called every second by one thread. */
  public void readIfDue() {
    long sinceTried = nanos.getAsLong() - triedNanos;
    long pause = failure != null ? FAILED_NANOS : EVERY_NANOS;
    boolean isWanted = wanted && sinceTried >= WANTED_NANOS;
    if (!tried || isWanted || sinceTried >= (source.isLocal() ? FILE_EVERY_NANOS : pause)) {
      read();
    }
  }

  /** Reads the keys now. */
  public void read() {
    long began = nanos.getAsLong();
    wanted = false;
    try {
      String text = source.read();
      accept(text);
      failure = null;
      readNanos = began;
      counters.reads.increment();
    } catch (IOException | RuntimeException e) {
      String why = "keys of issuer " + name() + ": " + e.getMessage();
      if (!why.equals(failure)) {
        LOG.warn("{}; those that were read before stay valid for a day", why);
      }
      failure = why;
      counters.failures.increment();
    } finally {
      triedNanos = nanos.getAsLong();
      tried = true;
    }
  }

  private void accept(String text) throws IOException {
    Loaded before = loaded;
    long now = nanos.getAsLong();
    if (before != null && text.equals(document)) {
      loaded = new Loaded(before.keys(), now, before.version());
      return;
    }
    JWKSet keys = parse(text);
    document = text;
    loaded = new Loaded(keys, now, before == null ? 0 : before.version() + 1);
    LOG.info("issuer {} has {} keys", name(), keys.getKeys().size());
  }

  /** Symmetric keys, and those that are too short, are left out. */
  private static JWKSet parse(String text) throws IOException {
    try {
      List<JWK> all = JWKSet.parse(text).toPublicJWKSet().getKeys();
      if (all.size() > MAX_KEYS) {
        throw new IOException("there are more than " + MAX_KEYS);
      }
      List<JWK> usable =
          all.stream()
              .filter(key -> TYPES.contains(key.getKeyType()))
              .filter(key -> !key.getKeyType().equals(KeyType.RSA) || key.size() >= LEAST_RSA_BITS)
              .toList();
      if (usable.isEmpty()) {
        throw new IOException("there is no RSA key of 2048 bits or more, and no EC key");
      }
      return new JWKSet(usable);
    } catch (ParseException e) {
      throw new IOException("this is no JWKS (RFC 7517): " + e.getMessage(), e);
    }
  }
}
