package whorl.collector.analysis.kinds;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import whorl.collector.analysis.rows.Addresses;
import whorl.collector.detect.Detection;
import whorl.collector.detect.PackRule;
import whorl.collector.detect.Subjects;

/**
 * The kind of host that a connection or a DNS lookup goes to. The built-in rules say what is
 * suspicious; the other kinds only describe the host.
 */
public enum Destination {
  METADATA(
      "a cloud's metadata service, which hands out credentials",
      PackRule.NETWORK_CLOUD_METADATA,
      PackRule.DNS_CLOUD_METADATA),
  MINING_POOL("a pool for mining cryptocurrency", PackRule.NETWORK_MINING_POOL),
  OUT_OF_BAND(
      "a service that shows intruders whether an injection worked", PackRule.DNS_OUT_OF_BAND),
  DROP_SITE("a site where anyone may store and fetch files", PackRule.DNS_DROP_SITE),
  ANONYMITY("an anonymity network", PackRule.NETWORK_ANONYMITY),
  NAMING_SERVICE("the port of a naming service (LDAP, RMI), from which code can be fetched"),
  CLUSTER("the cluster's own interface"),
  PUBLIC_ADDRESS("an address on the internet"),
  PRIVATE_ADDRESS("an address within the network"),
  SELF("this machine itself"),
  NAME("a host");

  private static final Pattern CLUSTER_NAMES =
      Pattern.compile("^kubernetes(\\.default(\\.svc(\\.cluster\\.local)?)?)?$");

  /** Ports of Tor's proxy. The rule knows only a proxy on this machine; it may run on another. */
  private static final Set<Long> ANONYMITY_PORTS = Set.of(9050L, 9150L);

  private static final Set<Long> NAMING_PORTS = Set.of(389L, 636L, 1099L, 1389L, 1636L);
  private static final Set<Long> USUAL_PORTS = Set.of(25L, 53L, 80L, 123L, 443L, 465L, 587L, 8443L);

  private final String description;
  private final List<PackRule> rules;

  Destination(String description, PackRule... rules) {
    this.description = description;
    this.rules = List.of(rules);
  }

  /**
   * @param host empty if unknown
   * @param address empty if unknown
   * @param port 0 if unknown
   */
  public static Destination of(String host, String address, long port) {
    String name = host.length() > 255 ? "" : normalized(host);
    String ip = address.length() > 64 ? "" : address.toLowerCase(Locale.ROOT);
    Detection detection = Subjects.destination(name, ip, port);
    for (Destination kind : values()) {
      if (detection.byAny(kind.rules)) {
        return kind;
      }
    }
    if (ANONYMITY_PORTS.contains(port)) {
      return ANONYMITY;
    }
    String target = ip.isEmpty() ? name : ip;
    if (Addresses.isLoopback(target)) {
      return SELF;
    }
    if (NAMING_PORTS.contains(port)) {
      return NAMING_SERVICE;
    }
    if (CLUSTER_NAMES.matcher(name).find()) {
      return CLUSTER;
    }
    if (Addresses.isPrivate(target)) {
      return PRIVATE_ADDRESS;
    }
    return Addresses.isAddress(target) ? PUBLIC_ADDRESS : NAME;
  }

  /** True if services rarely use this port. */
  public static boolean isOdd(long port) {
    return port > 0 && !USUAL_PORTS.contains(port);
  }

  public String description() {
    return description;
  }

  /** The rules for hosts of this kind; empty if the kind is not suspicious. */
  public List<PackRule> rules() {
    return rules;
  }

  /** True if no legitimate application connects there by chance. */
  public boolean isSuspicious() {
    return compareTo(ANONYMITY) <= 0;
  }

  /** The severity if a suspect request connected there. */
  public Severity severity() {
    return switch (this) {
      case METADATA, MINING_POOL, ANONYMITY -> Severity.CRITICAL;
      case SELF, PRIVATE_ADDRESS, NAME -> Severity.MEDIUM;
      default -> Severity.HIGH;
    };
  }

  public List<Technique> techniques() {
    return switch (this) {
      case METADATA -> List.of(Technique.CLOUD_METADATA);
      case MINING_POOL -> List.of(Technique.RESOURCE_HIJACKING);
      case DROP_SITE -> List.of(Technique.EXFILTRATION_OVER_WEB);
      case OUT_OF_BAND, NAME -> List.of(Technique.DNS);
      case NAMING_SERVICE -> List.of(Technique.TOOL_TRANSFER);
      default -> List.of(Technique.WEB_PROTOCOLS);
    };
  }

  private static String normalized(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
