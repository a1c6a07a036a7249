package io.sluice.kafka.mapping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether two Kafka topic templates can give the same name. */
final class TemplateOverlap {

    /** Any number of characters; no character of a Kafka name. */
    private static final char ANY = '*';

    private TemplateOverlap() {}

    /**
     * Whether a name exists that both can give.
     *
     * @param levels what is known of the MQTT topic from which the second is made, null for any level
     */
    static boolean exists(List<Piece> first, List<Piece> second, List<@Nullable String> levels) {
        return exists(glob(first, List.of()), glob(second, levels));
    }

    private static String glob(List<Piece> pieces, List<@Nullable String> levels) {
        StringBuilder glob = new StringBuilder();
        for (Piece piece : pieces) {
            boolean level = piece.kind() == Piece.Kind.LEVEL && piece.slot() < levels.size();
            String known = piece.isLiteral() ? piece.text() : level ? levels.get(piece.slot()) : null;
            if (known == null || KafkaTopicName.illegalAt(known) >= 0) {
                glob.append(ANY);
            } else {
                glob.append(known);
            }
        }
        return glob.toString();
    }

    private static boolean exists(String a, String b) {
        boolean[][] meets = new boolean[a.length() + 1][b.length() + 1];
        for (int i = a.length(); i >= 0; i--) {
            for (int j = b.length(); j >= 0; j--) {
                boolean anyA = i < a.length() && a.charAt(i) == ANY;
                boolean anyB = j < b.length() && b.charAt(j) == ANY;
                boolean same = i < a.length() && j < b.length() && a.charAt(i) == b.charAt(j);
                meets[i][j] = (i == a.length() && j == b.length())
                        || (anyA && (meets[i + 1][j] || (j < b.length() && meets[i][j + 1])))
                        || (anyB && (meets[i][j + 1] || (i < a.length() && meets[i + 1][j])))
                        || (same && meets[i + 1][j + 1]);
            }
        }
        return meets[0][0];
    }
}
