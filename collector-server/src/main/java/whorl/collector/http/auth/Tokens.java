package whorl.collector.http.auth;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.AgentProof;
import whorl.collector.http.request.Principal;
import whorl.collector.http.request.Role;
import whorl.evidence.Digest;

/**
 * The tokens and their roles. Only digests are kept. A check compares with every digest in constant
 * time, so that its duration reveals nothing.
 *
 * <p>Each line of the file is {@code role token}; {@code #} starts a comment. A token of role agent
 * may be bound to services: {@code agent token shop,orders}.
 */
public final class Tokens {
  private static final int MIN_CHARS = 16;
  private static final int MAX_CHARS = 512;
  private static final int RANDOM_BYTES = 32;
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final int MAX_SERVICES = 64;
  private static final int MAX_SERVICE_CHARS = 256;

  /** The characters that RFC 6750 allows in an Authorization header. */
  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  @SuppressWarnings("ArrayRecordComponent") // never compared, never shown
  private record Entry(byte[] sha256, Principal principal) {}

  /** The tokens of a first start, and the responder's token to show. */
  public record Made(Tokens tokens, String responder) {}

  private final Path file;
  private volatile List<Entry> entries;
  private volatile List<String> lines;
  private UnaryOperator<Principal> people = UnaryOperator.identity();

  private Tokens(Path file, List<String> lines, List<Entry> entries) {
    this.file = file;
    this.lines = List.copyOf(lines);
    this.entries = List.copyOf(entries);
  }

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read, or naming every bad line by its number, never a
   *     token
   */
  public static Tokens read(Path file) throws IOException {
    return of(file, lines(file));
  }

  /**
   * Reads the file again. Tokens that are no longer in it become invalid, and their sessions end.
   *
   * @return true if it has changed
   * @throws IOException when it cannot be read; then the old tokens stay valid
   */
  public boolean reload() throws IOException {
    List<String> now = lines(file);
    if (now.equals(lines)) {
      return false;
    }
    Tokens fresh = of(file, now);
    entries = fresh.entries;
    lines = fresh.lines;
    return true;
  }

  /** Returns a digest of all roles and tokens, whatever their order and the comments. */
  Digest digest() {
    List<String> all =
        entries.stream()
            .map(
                entry ->
                    entry.principal().role().word()
                        + " "
                        + HexFormat.of().formatHex(entry.sha256())
                        + services(entry.principal()))
            .sorted()
            .toList();
    return Digest.of(String.join("\n", all).getBytes(StandardCharsets.UTF_8));
  }

  private static String services(Principal principal) {
    AgentProof proof = principal.proof();
    return proof == null || proof.isShared() ? "" : " " + proof.identity();
  }

  /** True if agents have tokens that are not bound to services. */
  public boolean hasSharedAgentToken() {
    for (Entry entry : entries) {
      AgentProof proof = entry.principal().proof();
      if (proof != null && proof.isShared()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds a new token of role agent that is bound to services, to a file that exists already.
   *
   * @param services separated by commas
   * @return the token
   * @throws IOException when the file cannot be read or written, or a service has no such name
   */
  public static String add(Path file, String services, SecureRandom random) throws IOException {
    if (services.isBlank()) {
      // a line without services would be a token that all agents may share
      throw new IOException("no service is named");
    }
    List<String> all = new ArrayList<>(lines(file));
    String token = token(random);
    String line = Role.AGENT.word() + " " + token + " " + services.strip();
    all.add(line);
    Tokens unused = of(file, all);
    boolean endsWithin = !Files.readString(file).endsWith("\n");
    Files.writeString(
        file,
        (endsWithin ? "\n" : "") + line + "\n",
        StandardOpenOption.APPEND,
        StandardOpenOption.SYNC);
    return token;
  }

  /** True if a valid token belongs to this principal. */
  public boolean knows(Principal principal) {
    return entries.stream().anyMatch(entry -> people.apply(entry.principal()).equals(principal));
  }

  private static List<String> lines(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          "no tokens file " + file + "; its lines are: role token (whorl tokens FILE makes one)");
    }
    if (!Files.isReadable(file)) {
      throw new IOException(
          "tokens file "
              + file
              + " can't be read: permission denied; it must belong to the user that runs the"
              + " collector");
    }
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new IOException("tokens file " + file + " is larger than 1 MiB");
    }
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IOException(
          "tokens file " + file + " is not UTF-8; its lines are: role token, in ASCII", e);
    }
  }

  /** Creates one token of each role and writes them to {@code file}, readable by its owner only. */
  public static Made make(Path file, SecureRandom random) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("# a line is: role token");
    String responder = "";
    for (Role role : Role.values()) {
      String token = token(random);
      lines.add(role.word() + " " + token);
      responder = role == Role.RESPONDER ? token : responder;
    }
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, lines, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    return new Made(of(file, lines), responder);
  }

  /** Returns the principal of this token; null when the token is invalid. */
  @Nullable Principal principalOf(String token) {
    byte[] digest = sha256(token);
    Principal found = null;
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.sha256, digest)) {
        found = entry.principal;
      }
    }
    return found == null ? null : people.apply(found);
  }

  /** Changes what callers with a token may do, for tests; call it before anything else. */
  public Tokens with(UnaryOperator<Principal> changed) {
    people = changed;
    return this;
  }

  private static Tokens of(Path file, List<String> lines) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+");
      Role role = Role.of(words[0]);
      String problem = problem(words, role, seen);
      if (problem != null || role == null) {
        problems.add("line " + (i + 1) + ": " + problem);
        continue;
      }
      byte[] digest = sha256(words[1]);
      String name = role.word() + "-" + HexFormat.of().formatHex(digest, 0, 4);
      entries.add(new Entry(digest, principal(role, name, words)));
    }
    if (problems.isEmpty() && entries.isEmpty()) {
      problems.add("it has no line of the form: role token");
    }
    if (!problems.isEmpty()) {
      throw new IOException("tokens file " + file + ": " + String.join("; ", problems));
    }
    return new Tokens(file, lines, entries);
  }

  private static Principal principal(Role role, String name, String[] words) {
    return words.length < 3
        ? new Principal(role, name)
        : new Principal(role, name, AgentProof.ofServices(Set.of(words[2].split(",", -1))));
  }

  private static @Nullable String problem(String[] words, @Nullable Role role, Set<String> seen) {
    if (role == null) {
      return "not a role; allowed are agent, alert, viewer, responder, admin";
    }
    boolean bound = words.length == 3 && role == Role.AGENT;
    if (words.length != 2 && !bound) {
      return "not of the form: role token";
    }
    if (bound && !areServices(words[2])) {
      return "not of the form: agent token SERVICE,SERVICE, each service once and with at most "
          + MAX_SERVICE_CHARS
          + " characters, at most "
          + MAX_SERVICES
          + " of them";
    }
    if (words[1].length() < MIN_CHARS || words[1].length() > MAX_CHARS) {
      return "a token has 16 to 512 characters";
    }
    if (!SHAPE.matcher(words[1]).matches()) {
      return "a token is made of A-Z a-z 0-9 . _ ~ + / -";
    }
    return seen.add(words[1]) ? null : "the same token as on a line before";
  }

  private static boolean areServices(String text) {
    List<String> services = List.of(text.split(",", -1));
    return services.size() <= MAX_SERVICES
        && new HashSet<>(services).size() == services.size()
        && services.stream()
            .allMatch(each -> !each.isEmpty() && each.length() <= MAX_SERVICE_CHARS);
  }

  private static String token(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
