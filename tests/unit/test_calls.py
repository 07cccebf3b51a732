"""Calls to action: what is no evidence, and what only looks like it."""

import pytest

from pullquote.language.calls import is_call

CALLS = """
Click here to see the whole table.
Tap the button to start.
Please click on the link below.
Subscribe!
Subscribe to our weekly newsletter.
Sign up for our mailing list to hear from the harbour first.
Sign up now.
Register for free updates.
Read more posts about the ferry.
Read more blog posts by the harbour office.
See our other articles.
Check out our earlier stories about the mill.
Learn more about the ferry timetable.
Learn more.
Find out more at the town hall's site.
Read more →
Read the full story.
Download the full report.
Continue reading.
Follow us on Mastodon and LinkedIn.
Follow @harbour for the next tide.
Stay tuned for more!
And stay tuned.
Watch this space.
Don't miss our next issue.
Leave a comment below.
Let us know what you think.
Tell us about your first crossing.
Share this post with a friend.
Thanks for reading!
Get the latest tides in your inbox.
Enter your email address.
Donate now!
Join our mailing list.
Join the conversation.
We'll discuss dredging in our next post.
We will come back to the budget in a future article.
In our next instalment, we'll look at the pilots.
See also: The ferry that never sailed
Listen to the episode below.
Please don't forget to subscribe.
Check out the crane, or learn more about how we built it.
Please republish this article.
"""
FACTS = """
Sign-ups rose by a third in March.
He told readers to subscribe.
The paper asked its readers to follow it on Mastodon.
Subscribers pay nine euros a month.
Subscribe to the print edition for 9 euros a month.
Subscriptions to our newsletter rose by a tenth.
Sign up for a berth at the harbour office before the first of May.
Sign up at the town hall with a passport and a photograph.
Register your boat with the harbour master.
Register for the course on 12 May at 18:00.
Registration for our newsletter closed in June.
Click fraud cost the paper a million.
Clicking here and there will not help.
Click Save, then close the window.
Click on Settings and choose Accounts.
Read more slowly and you will remember more.
Read more than two books a month and you are above the average.
Reading more helped the children most.
Learning more about tides took him years.
To learn more, call the office on 555 0100.
Learn to swim before you sail.
Learn the rules of the road first.
Follow the river for two miles, then turn left.
Follow the instructions on the box.
Followers of the club doubled in a year.
Follow-on orders were worth 40 million.
Share prices fell by 4% on Monday.
Shares in the mill doubled.
Share the cost with your neighbours.
Share capital stood at two million.
Watch officers work four hours at a time.
Watch the tide before you cast off.
Stay in the boat if it capsizes.
Stay at home for five days after the fever has gone.
The band Stay Tuned broke up last year.
The show told its viewers to stay tuned.
Thanks to the dredger, larger ships can call.
Thank you notes were sent to all donors.
Get a permit before you moor.
Get the latest version from the package manager.
Enter your berth number in the first column.
Enter the harbour from the south.
Donate blood at any of the four centres.
Donations fell to a tenth.
Join the two pieces with glue.
Join the queue on the left.
Let us assume that the tide is high.
Let the glue dry overnight.
Tell the harbour master before you leave.
Leave a gap of two metres.
Leave a note for the pilot on the bridge.
We will open the lock in the next week.
We will spend more in the next budget.
We'll close the ferry in our next financial year.
In the next post she held, she ran the docks.
In his next article he named the buyer.
The next post was a week late.
See the table for the tides of May.
See page 4 for the fees.
See that the valve is shut.
Check the oil once a week.
Check out of the hotel by eleven.
Check out the code with git.
Back to top form, Verne won again.
Download speeds tripled.
Download the installer and run it.
Contact us at the harbour office, which is open until five.
Don't miss a dose.
Print this form on both sides.
Print runs fell by half.
Apply now and the fee is waived until June.
Check out the crane, or see that it is safe.
Republished articles name the harbour office.
Buy now, pay later lenders lost 12 million.
Related companies paid no tax.
Explore more than half the cave and you need a second lamp.
Keep reading glasses away from the sun.
"""


def lines(text: str) -> list[str]:
    """Return the sentences of a list."""
    return text.strip().splitlines()


@pytest.mark.parametrize("text", lines(CALLS))
def test_a_call_is_known(text: str) -> None:
    """A sentence that only asks the reader to do something with the page is a call."""
    assert is_call(text)


@pytest.mark.parametrize("text", lines(FACTS))
def test_a_fact_that_looks_like_a_call_is_none(text: str) -> None:
    """Facts, instructions and reported calls are evidence."""
    assert not is_call(text)


def test_a_long_sentence_says_more_than_its_call() -> None:
    """What goes on for more than thirty words is kept."""
    call = "Learn more about the ferry"
    assert is_call(f"{call}{' and the quay' * 8}.")
    assert not is_call(f"{call}{' and the quay' * 9}.")
