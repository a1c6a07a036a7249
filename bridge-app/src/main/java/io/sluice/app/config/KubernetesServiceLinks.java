package io.sluice.app.config;

import java.util.regex.Pattern;

/**
 * The variables that Kubernetes puts into every pod for each Service of its namespace: for one named {@code sluice} they
 * look like ours.
 */
final class KubernetesServiceLinks {

    private static final Pattern NAME = Pattern.compile(
            "SLUICE_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\\d+_(?:TCP|UDP|SCTP)(?:_[A-Z0-9_]+)?)"
                    + "|SLUICE_PORT|SLUICE_SERVICE_[A-Z0-9_]+");
    private static final Pattern PORT_VALUE = Pattern.compile("(?:tcp|udp|sctp)://.*");

    private KubernetesServiceLinks() {}

    /** Whether a name alone tells. */
    static boolean isName(String variable) {
        return NAME.matcher(variable).matches();
    }

    /** Whether Kubernetes set this variable and nobody meant a setting. */
    static boolean isLink(String variable, String value) {
        return isName(variable)
                || (variable.endsWith("_PORT") && PORT_VALUE.matcher(value).matches());
    }
}
