#!/bin/sh
# The report of last month, from cron: silent where all is well. As a line of a crontab:
#   30 5 2 * *  /srv/funnel/monthly.sh
# Exit status: 0 all checks hold, 1 one of them failed or there was no data, 2 it could not be
# done. What cron mails is what leadflow says on standard error: the failed checks, or why.
set -eu
cd "$(dirname "$0")"
exec leadflow report --period last-month --fail-on-empty --quiet "$@"
