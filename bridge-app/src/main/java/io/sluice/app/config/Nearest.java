package io.sluice.app.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** What a mistyped word may have meant. */
final class Nearest {

    private static final int DISTANCE_MAX = 2;

    private Nearest() {}

    /** {@code ' (did you mean "tcp"?)'} when a known word is at most two edits away, or "". */
    static String hint(String found, Collection<String> known) {
        String word = known.contains(found.toLowerCase(Locale.ROOT)) ? found.toLowerCase(Locale.ROOT) : found;
        if (word.length() < 2) {
            return "";
        }
        String nearest = "";
        int best = Math.min(DISTANCE_MAX, word.length() / 2) + 1;
        for (String candidate : known) {
            int distance = Math.abs(candidate.length() - word.length()) >= best ? best : distance(word, candidate);
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        return nearest.isEmpty() ? "" : " (did you mean \"" + nearest + "\"?)";
    }

    /** Levenshtein's distance, a transposition of neighbours counted once. */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        Arrays.setAll(last, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
