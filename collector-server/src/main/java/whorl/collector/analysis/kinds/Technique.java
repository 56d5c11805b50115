package whorl.collector.analysis.kinds;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The ATT&amp;CK techniques that findings use. */
@JsonFormat(shape = JsonFormat.Shape.OBJECT)
public enum Technique {
  EXPLOIT_PUBLIC_APPLICATION("T1190", "Exploit Public-Facing Application", Tactic.INITIAL_ACCESS),
  SCRIPTING("T1059", "Command and Scripting Interpreter", Tactic.EXECUTION),
  UNIX_SHELL("T1059.004", "Unix Shell", Tactic.EXECUTION),
  PYTHON("T1059.006", "Python", Tactic.EXECUTION),
  JAVASCRIPT("T1059.007", "JavaScript", Tactic.EXECUTION),
  SHARED_MODULES("T1129", "Shared Modules", Tactic.EXECUTION),
  WEB_SHELL("T1505.003", "Web Shell", Tactic.PERSISTENCE),
  CRON("T1053.003", "Cron", Tactic.PERSISTENCE),
  SYSTEMD_SERVICE("T1543.002", "Systemd Service", Tactic.PERSISTENCE),
  SSH_AUTHORIZED_KEYS("T1098.004", "SSH Authorized Keys", Tactic.PERSISTENCE),
  DYNAMIC_LINKER("T1574.006", "Dynamic Linker Hijacking", Tactic.PERSISTENCE),
  SHELL_CONFIGURATION("T1546.004", "Unix Shell Configuration Modification", Tactic.PERSISTENCE),
  ESCAPE_TO_HOST("T1611", "Escape to Host", Tactic.PRIVILEGE_ESCALATION),
  REFLECTIVE_LOADING("T1620", "Reflective Code Loading", Tactic.DEFENSE_EVASION),
  PROCESS_INJECTION("T1055", "Process Injection", Tactic.DEFENSE_EVASION),
  FILE_PERMISSIONS(
      "T1222.002",
      "Linux and Mac File and Directory Permissions Modification",
      Tactic.DEFENSE_EVASION),
  FILE_DELETION("T1070.004", "File Deletion", Tactic.DEFENSE_EVASION),
  DISABLE_TOOLS("T1562.001", "Disable or Modify Tools", Tactic.DEFENSE_EVASION),
  CREDENTIALS_IN_FILES("T1552.001", "Credentials In Files", Tactic.CREDENTIAL_ACCESS),
  SHELL_HISTORY("T1552.003", "Shell History", Tactic.CREDENTIAL_ACCESS),
  PRIVATE_KEYS("T1552.004", "Private Keys", Tactic.CREDENTIAL_ACCESS),
  CLOUD_METADATA("T1552.005", "Cloud Instance Metadata API", Tactic.CREDENTIAL_ACCESS),
  ACCESS_TOKEN("T1528", "Steal Application Access Token", Tactic.CREDENTIAL_ACCESS),
  PROC_FILESYSTEM("T1003.007", "Proc Filesystem", Tactic.CREDENTIAL_ACCESS),
  PASSWD_AND_SHADOW("T1003.008", "/etc/passwd and /etc/shadow", Tactic.CREDENTIAL_ACCESS),
  FILE_DISCOVERY("T1083", "File and Directory Discovery", Tactic.DISCOVERY),
  ACCOUNT_DISCOVERY("T1087.001", "Local Account", Tactic.DISCOVERY),
  SYSTEM_DISCOVERY("T1082", "System Information Discovery", Tactic.DISCOVERY),
  LOCAL_SYSTEM("T1005", "Data from Local System", Tactic.COLLECTION),
  TOOL_TRANSFER("T1105", "Ingress Tool Transfer", Tactic.COMMAND_AND_CONTROL),
  WEB_PROTOCOLS("T1071.001", "Web Protocols", Tactic.COMMAND_AND_CONTROL),
  DNS("T1071.004", "DNS", Tactic.COMMAND_AND_CONTROL),
  NON_APPLICATION_PROTOCOL("T1095", "Non-Application Layer Protocol", Tactic.COMMAND_AND_CONTROL),
  NON_STANDARD_PORT("T1571", "Non-Standard Port", Tactic.COMMAND_AND_CONTROL),
  EXFILTRATION_OVER_WEB("T1567", "Exfiltration Over Web Service", Tactic.EXFILTRATION),
  RESOURCE_HIJACKING("T1496", "Resource Hijacking", Tactic.IMPACT);

  private final String id;
  private final String fullName;
  private final Tactic tactic;

  Technique(String id, String fullName, Tactic tactic) {
    this.id = id;
    this.fullName = fullName;
    this.tactic = tactic;
  }

  /**
   * Returns the technique with this id.
   *
   * @throws IllegalArgumentException if Whorl does not use this technique
   */
  public static Technique of(String id) {
    return List.of(values()).stream()
        .filter(technique -> technique.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("not a technique known here: " + id));
  }

  @JsonCreator
  public static Technique of(@JsonProperty("id") String id, @JsonProperty("name") String name) {
    return of(id);
  }

  /** Such as {@code T1059.004}. */
  @JsonProperty("id")
  public String id() {
    return id;
  }

  /** ATT&amp;CK's name of the technique. */
  @JsonProperty("name")
  public String fullName() {
    return fullName;
  }

  /** The tactic that findings use, where ATT&amp;CK lists several. */
  public Tactic tactic() {
    return tactic;
  }
}
