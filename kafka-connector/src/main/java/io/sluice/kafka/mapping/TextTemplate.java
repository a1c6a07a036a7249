package io.sluice.kafka.mapping;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The key or a header of a rule: any text. It runs backwards where only one way to take the text apart exists. */
final class TextTemplate {

    /** A key that is longer was not made of an MQTT topic, and is not worth the search. */
    private static final int CHARACTERS_MAX = 1 << 17;

    private final List<Piece> pieces;
    private final boolean clientId;

    private TextTemplate(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
        this.clientId = pieces.stream().anyMatch(piece -> piece.kind() == Piece.Kind.CLIENT_ID);
    }

    /**
     * The template.
     *
     * @param what the field's name, for the message
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static TextTemplate of(String what, RuleFilter filter, String text) {
        return new TextTemplate(filter.resolve(what, Template.parse(what, text)));
    }

    List<Piece> pieces() {
        return pieces;
    }

    /** Whether the text is another one for each client, so that it can't be remembered by topic. */
    boolean usesClientId() {
        return clientId;
    }

    /**
     * Whether the text can be had of these levels.
     *
     * @param levels null where one isn't known
     * @param restFrom where the rest begins
     * @param openEnded whether further levels may follow
     */
    boolean isKnown(List<@Nullable String> levels, int restFrom, boolean openEnded) {
        for (Piece piece : pieces) {
            boolean isKnown =
                    switch (piece.kind()) {
                        case LITERAL -> true;
                        case LEVEL -> piece.slot() < levels.size() && levels.get(piece.slot()) != null;
                        case REST ->
                            !openEnded
                                    && restFrom <= levels.size()
                                    && !levels.subList(restFrom, levels.size()).contains(null);
                        case CLIENT_ID, KEY -> false;
                    };
            if (!isKnown) {
                return false;
            }
        }
        return true;
    }

    String render(String[] levels, int restFrom, String clientIdText) {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            switch (piece.kind()) {
                case LITERAL -> text.append(piece.text());
                case LEVEL -> text.append(levels[piece.slot()]);
                case CLIENT_ID -> text.append(clientIdText);
                case REST -> {
                    for (int i = restFrom; i < levels.length; i++) {
                        text.append(i == restFrom ? "" : "/").append(levels[i]);
                    }
                }
                case KEY -> throw new IllegalStateException("key in an ingress template (expected: none)");
            }
        }
        return text.toString();
    }

    /** Whether the text is of this form in exactly one way; the captures are bound then. */
    boolean parse(String text, Bindings bindings) {
        if (text.length() > CHARACTERS_MAX) {
            return false;
        }
        byte[][] ways = new byte[pieces.size() + 1][];
        ways[0] = new byte[text.length() + 1];
        ways[0][0] = 1;
        for (int i = 0; i < pieces.size(); i++) {
            ways[i + 1] = waysAfter(pieces.get(i), text, ways[i]);
        }
        return ways[pieces.size()][text.length()] == 1 && bindBackwards(text, ways, bindings);
    }

    /**
     * In how many ways, none, one or more, the pieces up to this one can end at each position: linear in the text,
     * whatever a stranger has put into it.
     */
    private static byte[] waysAfter(Piece piece, String text, byte[] before) {
        byte[] after = new byte[before.length];
        if (piece.isLiteral()) {
            int length = piece.text().length();
            for (int start = 0; start + length < before.length; start++) {
                if (before[start] > 0 && text.startsWith(piece.text(), start)) {
                    after[start + length] = before[start];
                }
            }
            return after;
        }
        int starts = 0;
        for (int end = 0; end < before.length; end++) {
            if (end > 0 && piece.kind() == Piece.Kind.LEVEL && text.charAt(end - 1) == '/') {
                starts = 0;
            }
            starts = Math.min(2, starts + before[end]);
            after[end] = (byte) starts;
        }
        return after;
    }

    private boolean bindBackwards(String text, byte[][] ways, Bindings bindings) {
        int end = text.length();
        for (int i = pieces.size() - 1; i >= 0; i--) {
            Piece piece = pieces.get(i);
            int start = end;
            if (piece.isLiteral()) {
                start = end - piece.text().length();
            } else {
                while (ways[i][start] == 0) {
                    start--;
                }
            }
            if (!bind(piece, text.substring(start, end), bindings)) {
                return false;
            }
            end = start;
        }
        return true;
    }

    private static boolean bind(Piece piece, String value, Bindings bindings) {
        return switch (piece.kind()) {
            case LITERAL, CLIENT_ID, KEY -> true;
            case LEVEL -> bindings.bind(piece.slot(), value);
            case REST -> bindings.bindRest(value.isEmpty() ? List.of() : Arrays.asList(value.split("/", -1)));
        };
    }
}
