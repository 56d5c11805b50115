package whorl.collector.analysis;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The kind of host that a connection or a DNS lookup goes to. */
enum Destination {
  METADATA("a cloud's metadata service, which hands out credentials"),
  MINING_POOL("a pool for mining cryptocurrency"),
  OUT_OF_BAND("a service that shows intruders whether an injection worked"),
  DROP_SITE("a site where anyone may store and fetch files"),
  ANONYMITY("an anonymity network"),
  NAMING_SERVICE("the port of a naming service (LDAP, RMI), from which code can be fetched"),
  CLUSTER("the cluster's own interface"),
  PUBLIC_ADDRESS("an address on the internet"),
  PRIVATE_ADDRESS("an address within the network"),
  SELF("this machine itself"),
  NAME("a host");

  private static final Set<String> METADATA_HOSTS =
      Set.of(
          "169.254.169.254",
          "169.254.170.2",
          "169.254.170.23",
          "100.100.100.200",
          "192.0.0.192",
          "fd00:ec2::254",
          "fd00:ec2::23",
          "fd20:ce::254",
          "fd00:ec2:0:0:0:0:0:254",
          "fd00:ec2:0:0:0:0:0:23",
          "metadata.google.internal",
          "metadata.goog",
          "instance-data.ec2.internal");
  private static final Pattern MINING =
      Pattern.compile(
          "minexmr\\.|nanopool\\.org|supportxmr\\.|xmrpool\\.|moneroocean\\.|hashvault\\.pro|herominers\\.com|2miners\\.com|nicehash\\.com|f2pool\\.com|c3pool\\.|unmineable\\.com");
  private static final Pattern OUT_OF_BAND_NAMES =
      Pattern.compile(
          "(^|\\.)(oast\\.(pro|live|site|online|fun|me)|interact\\.sh|interactsh\\.com|burpcollaborator\\.net|oastify\\.com|dnslog\\.(cn|store|org)|ceye\\.io|requestbin\\.net|canarytokens\\.(com|org)|bxss\\.me|r87\\.me|ngrok\\.(io|app))$");
  private static final Pattern DROP_SITES =
      Pattern.compile(
          "(^|\\.)(pastebin\\.com|paste\\.ee|hastebin\\.com|transfer\\.sh|file\\.io|0x0\\.st|termbin\\.com|anonfiles\\.com|gofile\\.io|temp\\.sh|catbox\\.moe|api\\.telegram\\.org|webhook\\.site|pipedream\\.net)$");
  private static final Pattern ONION = Pattern.compile("\\.(onion|i2p)$");
  private static final Pattern CLUSTER_NAMES =
      Pattern.compile("^kubernetes(\\.default(\\.svc(\\.cluster\\.local)?)?)?$");
  private static final Set<Long> NAMING_PORTS = Set.of(389L, 636L, 1099L, 1389L, 1636L);
  private static final Set<Long> USUAL_PORTS = Set.of(25L, 53L, 80L, 123L, 443L, 465L, 587L, 8443L);

  private final String description;

  Destination(String description) {
    this.description = description;
  }

  /**
   * @param host empty if unknown
   * @param address empty if unknown
   * @param port 0 if unknown
   */
  static Destination of(String host, String address, long port) {
    String name = host.length() > 255 ? "" : normalized(host);
    String ip = address.length() > 64 ? "" : address.toLowerCase(java.util.Locale.ROOT);
    if (METADATA_HOSTS.contains(name) || METADATA_HOSTS.contains(ip)) {
      return METADATA;
    }
    if (MINING.matcher(name).find()) {
      return MINING_POOL;
    }
    if (OUT_OF_BAND_NAMES.matcher(name).find()) {
      return OUT_OF_BAND;
    }
    if (DROP_SITES.matcher(name).find()) {
      return DROP_SITE;
    }
    if (ONION.matcher(name).find() || port == 9050 || port == 9150) {
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
  static boolean isOdd(long port) {
    return port > 0 && !USUAL_PORTS.contains(port);
  }

  String description() {
    return description;
  }

  /** True if no legitimate application connects there by chance. */
  boolean isSuspicious() {
    return compareTo(ANONYMITY) <= 0;
  }

  /** The severity if a suspect request connected there. */
  Severity severity() {
    return switch (this) {
      case METADATA, MINING_POOL, ANONYMITY -> Severity.CRITICAL;
      case SELF, PRIVATE_ADDRESS, NAME -> Severity.MEDIUM;
      default -> Severity.HIGH;
    };
  }

  List<Technique> techniques() {
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
    String name = host.toLowerCase(java.util.Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
