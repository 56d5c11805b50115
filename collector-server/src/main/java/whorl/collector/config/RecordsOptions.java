package whorl.collector.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The option {@code --records}, and the variables with the secrets that belong to it. They are no
 * options, because other users of a machine can read the command lines of its processes.
 */
public record RecordsOptions(
    @Nullable String place,
    @Nullable String user,
    @Nullable String password,
    @Nullable String passwordFile) {
  public static final String USER = "WHORL_RECORDS_USER";
  public static final String PASSWORD = "WHORL_RECORDS_PASSWORD";
  public static final String PASSWORD_FILE = "WHORL_RECORDS_PASSWORD_FILE";

  /** Records in the data folder. */
  public static final RecordsOptions NONE = new RecordsOptions(null, null, null, null);

  private static final String POSTGRES = "jdbc:postgresql:";

  /** Where the parameters of an address begin. */
  private static final Pattern PARAMETERS = Pattern.compile("\\?\\w+=");

  private static final String FORM =
      "--records: a folder, or jdbc:postgresql://host:5432/database; this is neither";

  /**
   * @param place the option's value; null if it is not given
   */
  public static RecordsOptions of(@Nullable String place, Map<String, String> environment) {
    return new RecordsOptions(
        place,
        value(environment, USER),
        value(environment, PASSWORD),
        value(environment, PASSWORD_FILE));
  }

  private static @Nullable String value(Map<String, String> environment, String variable) {
    String value = environment.get(variable);
    return value == null || value.isEmpty() ? null : value;
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return place == null ? "records in the data folder" : "records elsewhere";
  }

  /**
   * Reads the options. A message never repeats an address, which may contain a password.
   *
   * @param dataFolder has the records if no place is given
   */
  RecordsPlace read(Path dataFolder, List<String> problems) {
    if (place != null && place.startsWith(POSTGRES)) {
      if (password != null && passwordFile != null) {
        problems.add(PASSWORD + " and " + PASSWORD_FILE + ": give one of them");
      }
      if (hasUserBeforeHost(place)) {
        problems.add(
            "--records: user and password do not belong before the host; give "
                + USER
                + " and "
                + PASSWORD_FILE);
      }
      return new RecordsPlace.Postgres(
          place, user, password, passwordFile == null ? null : Path.of(passwordFile));
    }
    if (user != null || password != null || passwordFile != null) {
      problems.add(
          (user != null ? USER : password != null ? PASSWORD : PASSWORD_FILE)
              + ": there is no database for it; give --records"
              + " jdbc:postgresql://host:5432/database");
    }
    if (place != null && place.contains(":/")) {
      problems.add(FORM);
    }
    return new RecordsPlace.Folder(place == null ? dataFolder : Path.of(place));
  }

  /** The driver takes what stands before an {@code @} for a host, which messages name. */
  private static boolean hasUserBeforeHost(String address) {
    return PARAMETERS.split(address, 2)[0].indexOf('@') >= 0;
  }
}
