package whorl.agent.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Secrets that are recognized by their form, regardless of a name: tokens with a vendor's prefix,
 * JWTs, AWS keys, password hashes, private keys in Base64. One pass, by hand: a regular expression
 * would be slower, and an attacker could make it very slow.
 */
final class SecretShapes {
  /** A prefix and the minimum number of characters after it. */
  private record Prefix(String text, int minChars) {}

  private static final int MIN_CHARS = 11;
  private static final int AWS_SECRET_CHARS = 40;
  private static final int AWS_SECRET_CHANGES = 14;

  /** Names of folders change character kinds as well, so the limit is higher within a path. */
  private static final int AWS_SECRET_CHANGES_IN_PATH = 20;

  private static final int PRIVATE_KEY_MIN_CHARS = 32;
  private static final int AWS_ID_CHARS = 20;
  private static final int BEGINNINGS_MAX = 1 << 12;
  private static final String RSA_KEY = "MII";
  static final String TELEGRAM = "bot";
  static final String JWT = "ey";
  static final String TWILIO = "SK";

  /** In the middle of a token of a Telegram bot, after the bot's number. */
  static final String BOT_TOKEN = ":AA";

  private static final int BOT_NUMBER_MIN_CHARS = 8;
  private static final int BOT_TOKEN_MIN_CHARS = 33;

  /** Base64 of a number of 17 to 20 digits, its time and its signature. */
  private static final int DISCORD_NUMBER_MIN_CHARS = 23;

  private static final int DISCORD_NUMBER_MAX_CHARS = 28;
  private static final int DISCORD_TIME_CHARS = 6;
  private static final int DISCORD_SIGNATURE_MIN_CHARS = 27;

  private static final String[] AWS_IDS = {
    "AKIA", "ASIA", "AROA", "AIDA", "AGPA", "ANPA", "ANVA", "ABIA", "ACCA"
  };

  private static final Prefix[] PREFIXES = {
    new Prefix("ghp_", 16), new Prefix("gho_", 16), new Prefix("ghu_", 16),
    new Prefix("ghs_", 16), new Prefix("ghr_", 16), new Prefix("github_pat_", 16),
    new Prefix("glpat-", 16), new Prefix("glptt-", 16), new Prefix("gldt-", 16),
    new Prefix("glrt-", 16), new Prefix("glcbt-", 16), new Prefix("glagent-", 16),
    new Prefix("xoxa-", 10), new Prefix("xoxb-", 10), new Prefix("xoxe-", 10),
    new Prefix("xoxe.", 10), new Prefix("xoxp-", 10), new Prefix("xoxr-", 10),
    new Prefix("xoxs-", 10), new Prefix("xapp-", 10), new Prefix("sk_live_", 10),
    new Prefix("sk_test_", 10), new Prefix("rk_live_", 10), new Prefix("rk_test_", 10),
    new Prefix("whsec_", 16), new Prefix("npm_", 30), new Prefix("pypi-", 16),
    new Prefix("hvs.", 16), new Prefix("hvb.", 16), new Prefix("hvr.", 16),
    new Prefix("AIza", 30), new Prefix("ya29.", 16), new Prefix("GOCSPX-", 16),
    new Prefix("SG.", 30), new Prefix("dop_v1_", 16), new Prefix("doo_v1_", 16),
    new Prefix("dor_v1_", 16), new Prefix("shpat_", 16), new Prefix("shpss_", 16),
    new Prefix("shpca_", 16), new Prefix("shppa_", 16), new Prefix("dckr_pat_", 16),
    new Prefix("dckr_oat_", 16), new Prefix("sk-ant-", 16), new Prefix("sk-proj-", 16),
    new Prefix("sk-or-", 16), new Prefix("hf_", 30), new Prefix("lin_api_", 16),
    new Prefix("PMAK-", 16), new Prefix("NRAK-", 16), new Prefix("glsa_", 16),
    new Prefix("glc_eyJ", 16), new Prefix("ATATT3", 20), new Prefix("ATBB", 28),
    new Prefix("AGE-SECRET-KEY-1", 20), new Prefix("xkeysib-", 16), new Prefix("figd_", 16),
    new Prefix("rubygems_", 16), new Prefix("sq0csp-", 16), new Prefix("sq0atp-", 16),
    new Prefix("gsk_", 30), new Prefix("pplx-", 30), new Prefix("PRIVATE-TOKEN-", 8),
    new Prefix("amzn.mws.", 16), new Prefix("nvapi-", 16), new Prefix("tfp_", 16),
    new Prefix("pul-", 30), new Prefix("secret_", 40), new Prefix("EAAC", 60),
    new Prefix("dapi", 32), new Prefix("CCIPAT_", 16), new Prefix("ops_eyJ", 16),
    new Prefix("whorl_pat_", 16), new Prefix("xoxc-", 10), new Prefix("xoxd-", 10),
    new Prefix("sk-svcacct-", 16), new Prefix("sk-admin-", 16), new Prefix("dt0c01.", 24),
    new Prefix("sntrys_", 16), new Prefix("sntryu_", 16), new Prefix("squ_", 40),
    new Prefix("sqp_", 40), new Prefix("sqa_", 40), new Prefix("pscale_tkn_", 16),
    new Prefix("pscale_pw_", 16), new Prefix("glsoat-", 16), new Prefix("glft-", 16),
  };

  /** The first characters of DER and PEM private keys in Base64. */
  private static final String[] PRIVATE_KEYS = {
    "MC4CAQAwBQYDK2V",
    "MHcCAQEEI",
    "MIGHAgEAMBMGByqG",
    "MIGEAgEAMBAGByqG",
    "MIG2AgEAMBAGByqG",
    "b3BlbnNzaC1rZXktdjE",
    "LS0tLS1CRUdJTiBQUklWQVRF",
    "LS0tLS1CRUdJTiBSU0EgUFJJ",
    "LS0tLS1CRUdJTiBFQyBQUklW",
    "LS0tLS1CRUdJTiBPUEVOU1NI",
    "LS0tLS1CRUdJTiBFTkNSWVBU",
    "LS0tLS1CRUdJTiBEU0EgUFJJ",
  };

  private static final String[] HASHES = {
    "$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$y$", "$argon2"
  };

  private static final Prefix[][] PREFIXES_BY_CHAR = byFirstChar();

  /** The first three characters of all texts that have as many, as a hash table. */
  private static final boolean[] BEGINNINGS = beginnings();

  private SecretShapes() {}

  static String mask(String text) {
    int length = text.length();
    if (length < MIN_CHARS) {
      return text;
    }
    MaskedText maskedText = null;
    int runEnd = 0;
    int at = 0;
    while (at < length) {
      char c = text.charAt(at);
      boolean word = Chars.alphanumeric(c);
      int end = -1;
      int colon = word ? 0 : colonChars(text, at);
      if (c == '$') {
        end = hashEnd(text, at);
      } else if (colon > 0) {
        end = botTokenEnd(text, at, at + colon);
      } else if (word || c == '+' || c == '/') {
        runEnd = at < runEnd ? runEnd : base64RunEnd(text, at, length);
        if (runEnd - at == AWS_SECRET_CHARS || word && mayBeginSecret(text, at)) {
          end = word ? secretEnd(text, at) : signEnd(text, at);
        }
      }
      if (end > at) {
        maskedText = maskedText == null ? new MaskedText(text) : maskedText;
        maskedText.mask(at + colon, end);
        at = end;
      } else if (word) {
        at = wordEnd(text, at);
      } else if (Percent.isEscape(text, at, length)) {
        // The two digits of an escape do not begin a word.
        at += 3;
      } else {
        at++;
      }
    }
    return maskedText == null ? text : maskedText.result();
  }

  /**
   * True if a secret with known first characters may begin here: about two of a hundred ordinary
   * words.
   */
  private static boolean mayBeginSecret(String text, int at) {
    if (text.length() - at < MIN_CHARS) {
      return false;
    }
    char first = text.charAt(at);
    char second = text.charAt(at + 1);
    return first == 'e' && second == 'y'
        || first == 'S' && second == 'K'
        || BEGINNINGS[beginning(first, second, text.charAt(at + 2))];
  }

  /** Where the secret ends that begins with this word; -1 if there is none. */
  private static int secretEnd(String text, int at) {
    if (text.length() - at < MIN_CHARS) {
      return -1;
    }
    boolean escaped = at >= 3 && Percent.isEscape(text, at - 3, text.length());
    char before = at == 0 || escaped ? ' ' : text.charAt(at - 1);
    // The last part of a path counts as separate too.
    boolean apart = !Chars.base64(before) || before == '/';
    // In the middle of a word: its beginning was checked already.
    if (before == '_' || before == '-' || Chars.alphanumeric(before)) {
      return -1;
    }
    int end = prefixed(text, at);
    if (end < 0) {
      end = jwtEnd(text, at);
    }
    if (end < 0) {
      end = awsIdEnd(text, at);
    }
    if (end < 0 && text.charAt(at) == 'S') {
      end = twilioEnd(text, at);
    }
    if (end < 0 && text.charAt(at) == 'b') {
      end = telegramEnd(text, at);
    }
    if (end < 0) {
      end = discordEnd(text, at);
    }
    if (end < 0 && apart) {
      end = base64End(text, at);
    }
    return end;
  }

  /** The length of a colon, which may be percent-encoded; 0 if there is none. */
  private static int colonChars(String text, int at) {
    char c = text.charAt(at);
    return c == ':' ? 1 : c == '%' && Percent.at(text, at) == ':' ? 3 : 0;
  }

  /** {@code 123456789:AA…}, the token of a Telegram bot without the word before it. */
  private static int botTokenEnd(String text, int colon, int from) {
    if (!text.startsWith(BOT_TOKEN.substring(1), from)) {
      return -1;
    }
    int start = colon;
    while (start > 0 && Chars.digit(text.charAt(start - 1))) {
      start--;
    }
    int end = runEnd(text, from);
    boolean number =
        colon - start >= BOT_NUMBER_MIN_CHARS
            && (start == 0 || !Chars.alphanumeric(text.charAt(start - 1)));
    return number && end - from >= BOT_TOKEN_MIN_CHARS ? end : -1;
  }

  /** The token of a Discord bot: three parts; the first is a number in Base64. */
  private static int discordEnd(String text, int at) {
    int number = runEnd(text, at);
    if (number - at < DISCORD_NUMBER_MIN_CHARS
        || number - at > DISCORD_NUMBER_MAX_CHARS
        || !text.startsWith(".", number)) {
      return -1;
    }
    int time = runEnd(text, number + 1);
    if (time - number - 1 != DISCORD_TIME_CHARS || !text.startsWith(".", time)) {
      return -1;
    }
    int end = runEnd(text, time + 1);
    return end - time - 1 >= DISCORD_SIGNATURE_MIN_CHARS ? end : -1;
  }

  /** The first three characters of all numbers in Base64: 12 34 56 is MTIzNDU2. */
  private static List<String> numbersInBase64() {
    List<String> beginnings = new ArrayList<>();
    for (int number = 10; number < 100; number++) {
      byte[] digits = (number + "0").getBytes(StandardCharsets.US_ASCII);
      beginnings.add(Base64.getEncoder().encodeToString(digits).substring(0, 3));
    }
    return beginnings;
  }

  /** Where a key ends that begins with one of the two signs of Base64, as each 32nd key does. */
  private static int signEnd(String text, int at) {
    boolean apart = at == 0 || !Chars.base64(text.charAt(at - 1)) && text.charAt(at - 1) != '.';
    return apart ? base64End(text, at) : -1;
  }

  private static int prefixed(String text, int at) {
    for (Prefix prefix : PREFIXES_BY_CHAR[text.charAt(at)]) {
      if (text.startsWith(prefix.text, at)) {
        int start = at + prefix.text.length();
        int end = start;
        while (end < text.length() && Chars.token(text.charAt(end))) {
          end++;
        }
        if (end - start >= prefix.minChars) {
          return end;
        }
      }
    }
    return -1;
  }

  /** Two parts or more; the first is the Base64 of an opening brace and the characters after it. */
  private static int jwtEnd(String text, int at) {
    if (!text.startsWith(JWT, at)) {
      return -1;
    }
    int first = runEnd(text, at + 2);
    if (first - at < 10 || first >= text.length() || text.charAt(first) != '.') {
      return -1;
    }
    int end = runEnd(text, first + 1);
    if (end - first < 5 && !text.startsWith("..", first)) {
      return -1;
    }
    while (end < text.length() && text.charAt(end) == '.') {
      int next = runEnd(text, end + 1);
      if (next == end + 1 && !text.startsWith("..", end)) {
        return next;
      }
      end = next;
    }
    return end;
  }

  private static int runEnd(String text, int from) {
    int end = from;
    while (end < text.length()
        && (Chars.alphanumeric(text.charAt(end))
            || text.charAt(end) == '_'
            || text.charAt(end) == '-')) {
      end++;
    }
    return end;
  }

  private static int awsIdEnd(String text, int at) {
    if (text.charAt(at) != 'A' || text.length() - at < AWS_ID_CHARS) {
      return -1;
    }
    for (String id : AWS_IDS) {
      if (text.startsWith(id, at)) {
        int end = at;
        while (end < text.length()
            && (Chars.upper(text.charAt(end)) || Chars.digit(text.charAt(end)))) {
          end++;
        }
        return end - at == AWS_ID_CHARS ? end : -1;
      }
    }
    return -1;
  }

  private static int twilioEnd(String text, int at) {
    if (!text.startsWith(TWILIO, at) || text.length() - at < 34) {
      return -1;
    }
    for (int i = at + 2; i < at + 34; i++) {
      if (!Chars.hex(text.charAt(i)) || Chars.upper(text.charAt(i))) {
        return -1;
      }
    }
    return at + 34;
  }

  /** {@code bot123456789:AA…}, in the path of each call. */
  private static int telegramEnd(String text, int at) {
    if (!text.startsWith(TELEGRAM, at)) {
      return -1;
    }
    int colon = at + 3;
    while (colon < text.length() && Chars.digit(text.charAt(colon))) {
      colon++;
    }
    if (colon - at < 9 || colon >= text.length() || text.charAt(colon) != ':') {
      return -1;
    }
    int end = runEnd(text, colon + 1);
    return end - colon > 30 ? end : -1;
  }

  /** AWS secret keys, which have only a length; and private keys. */
  private static int base64End(String text, int at) {
    boolean key = privateKey(text, at);
    // No further than needed: each part of a path comes here.
    int limit = key ? text.length() : Math.min(text.length(), at + AWS_SECRET_CHARS + 1);
    int end = base64RunEnd(text, at, limit);
    if (key) {
      return end - at >= PRIVATE_KEY_MIN_CHARS ? paddingEnd(text, end) : -1;
    }
    boolean inPath = text.charAt(at) == '/' || at > 0 && text.charAt(at - 1) == '/';
    return end - at == AWS_SECRET_CHARS
            && (end == text.length() || text.charAt(end) != '=')
            && ValueShape.hasDigit(text, at, end)
            && ValueShape.changes(text, at, end)
                >= (inPath ? AWS_SECRET_CHANGES_IN_PATH : AWS_SECRET_CHANGES)
            && !hex(text, at, end)
            && Payload.start(text, at, end) < 0
        ? end
        : -1;
  }

  /** The end of a run of Base64 without its padding. */
  private static int base64RunEnd(String text, int from, int limit) {
    int end = from;
    while (end < limit
        && (Chars.alphanumeric(text.charAt(end))
            || text.charAt(end) == '+'
            || text.charAt(end) == '/')) {
      end++;
    }
    return end;
  }

  private static boolean privateKey(String text, int at) {
    for (String start : PRIVATE_KEYS) {
      if (text.startsWith(start, at)) {
        return true;
      }
    }
    // RSA: a sequence of some length, then the version; or a key that is encrypted with a password.
    return text.startsWith(RSA_KEY, at)
        && (text.startsWith("IBAA", at + 6)
            || text.startsWith("IBAD", at + 6)
            || text.startsWith("BgkqhkiG9w0BBQ", at + 8));
  }

  private static int paddingEnd(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) == '=') {
      end++;
    }
    return end;
  }

  private static boolean hex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Chars.hex(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Password hashes in the form of crypt(3). */
  private static int hashEnd(String text, int at) {
    for (String hash : HASHES) {
      if (text.startsWith(hash, at)) {
        int end = at + hash.length();
        while (end < text.length()
            && (Chars.alphanumeric(text.charAt(end)) || "./$=,+".indexOf(text.charAt(end)) >= 0)) {
          end++;
        }
        return end - at >= 24 ? end : -1;
      }
    }
    return -1;
  }

  private static Prefix[][] byFirstChar() {
    Prefix[][] byChar = new Prefix[128][];
    for (char c = 0; c < byChar.length; c++) {
      List<Prefix> of = new ArrayList<>();
      for (Prefix prefix : PREFIXES) {
        if (prefix.text.charAt(0) == c) {
          of.add(prefix);
        }
      }
      byChar[c] = of.toArray(new Prefix[0]);
    }
    return byChar;
  }

  /** The beginnings of secrets that need at least three characters to be recognized. */
  static List<String> prefixes() {
    List<String> texts = new ArrayList<>(List.of(AWS_IDS));
    texts.addAll(List.of(PRIVATE_KEYS));
    texts.add(RSA_KEY);
    texts.addAll(numbersInBase64());
    for (Prefix prefix : PREFIXES) {
      texts.add(prefix.text);
    }
    return texts;
  }

  static List<String> hashes() {
    return List.of(HASHES);
  }

  private static boolean[] beginnings() {
    List<String> texts = new ArrayList<>(prefixes());
    texts.add(TELEGRAM);
    boolean[] known = new boolean[BEGINNINGS_MAX];
    for (String text : texts) {
      known[beginning(text.charAt(0), text.charAt(1), text.charAt(2))] = true;
    }
    return known;
  }

  /** A slot of the hash table, which others may share. */
  private static int beginning(char first, char second, char third) {
    return (first * 31 * 31 + second * 31 + third) & (BEGINNINGS_MAX - 1);
  }

  private static int wordEnd(String text, int from) {
    int end = from;
    while (end < text.length() && Chars.alphanumeric(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
